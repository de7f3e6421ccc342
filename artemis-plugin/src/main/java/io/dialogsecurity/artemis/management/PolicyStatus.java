package io.dialogsecurity.artemis.management;

import java.time.Instant;

/** What is shown of the policy file, and the one thing that can be done with it. Thread-safe. */
public interface PolicyStatus {

    /** When the policy that is applied was read. */
    Instant loadedAt();

    /** Why the latest attempt to read it failed, or empty. */
    String problem();

    /** Reads it again; returns what happened, in one line. */
    String reload();
}
