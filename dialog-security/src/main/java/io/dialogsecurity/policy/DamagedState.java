package io.dialogsecurity.policy;

/** What is done when endpoint state cannot be read. */
public enum DamagedState {
    /** The process does not start; the file stays as it is. */
    REFUSE,
    /** The file is set aside, and what can be learned from queued messages is learned again. */
    REBUILD
}
