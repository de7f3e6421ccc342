package io.dialogsecurity.policy;

/** What a missing sequence number means on an address. */
public enum Gaps {
    /** The message after the gap is taken: messages of this address may expire or be spread over consumers. */
    ALLOW,
    /** The message after the gap is refused until the missing one has come. */
    REFUSE
}
