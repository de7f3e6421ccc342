package io.dialogsecurity.policy;

/**
 * What a second message with a known sequence number means on an address: the sender was split in two, or somebody else
 * has its keys. Both cases are reported.
 */
public enum Forks {
    /** The second message is refused. */
    REFUSE,
    /** The second message is delivered too, marked, where the client path shows marks; the application decides. */
    FLAG
}
