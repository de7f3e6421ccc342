package io.dialogsecurity.policy;

/** What a message means on an address that its receiver has acknowledged before. */
public enum Replays {
    /** It is a copy, and is removed silently: each message is given once. */
    REFUSE,
    /**
     * It is given again. For queues whose content stays or is replaced, non-destructive and last-value ones, which brokers
     * deliver as often as somebody comes to read it. There is no protection from replay there, up to the age of messages.
     */
    ALLOW
}
