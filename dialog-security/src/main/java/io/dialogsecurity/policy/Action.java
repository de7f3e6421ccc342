package io.dialogsecurity.policy;

/** What is done with the messages of an address. */
public enum Action {
    /** Sealed when sent, opened when received, and refused when not sealed. */
    APPLY,
    /** Left alone, sealed or not. */
    BYPASS,
    /** Refused, sealed or not. */
    DROP
}
