package io.dialogsecurity.failover;

import java.time.Duration;
import java.time.Instant;

/**
 * How an open store is doing.
 *
 * @param good whether what changes reaches the database; if not, it is remembered in memory and tail until the tail is full,
 *     and refused then
 * @param problem one line: what is wrong and what to do; empty if good
 * @param windowsInMemory windows and send sequences in memory
 * @param rows how much is stored
 * @param dirty of these and of the dialogs, how many have changes the database does not have yet
 * @param commits group commits since the store was opened
 * @param lastCommit when the last of them ended; when the store was opened if there was none
 * @param lastCommitTook how long it took
 * @param tailFill how much of the tail is in use, 0 to 1
 */
public record Health(
        boolean good,
        String problem,
        long windowsInMemory,
        StoredRows rows,
        long dirty,
        long commits,
        Instant lastCommit,
        Duration lastCommitTook,
        double tailFill) {}
