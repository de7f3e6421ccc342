package io.dialogsecurity.policy;

/** What consumers get on the way out for whom the broker does not open. */
public enum Others {
    /** Nothing: the message stays for those who may have it. */
    NOTHING,
    /** The envelope as it is stored. */
    ENVELOPE
}
