/**
 * The take-over harness: mirrored brokers and applications of two services, one process after the other killed in the
 * middle of their dialogs, and the applications' ledgers joined to say what was lost, doubled, reordered, refused or
 * readable, and how long it took. What the processes are made of is the test kit's.
 */
package io.dialogsecurity.takeover;
