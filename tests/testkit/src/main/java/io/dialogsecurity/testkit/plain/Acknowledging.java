package io.dialogsecurity.testkit.plain;

/** How a consumer tells the broker that it has a message. */
public enum Acknowledging {
    /** The library does it. */
    AUTO,
    /** By {@link PlainConsumer#acknowledge()}. */
    CLIENT,
    /** By {@link PlainConsumer#acknowledge()}, in a transaction. */
    TRANSACTED
}
