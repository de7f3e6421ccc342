package io.dialogsecurity.testkit.plain;

/** How an address hands on what it gets. */
public enum Routing {
    /** A queue: one consumer gets a message. Anycast, in the broker's words. */
    QUEUE,
    /** A topic: every subscription gets a message. Multicast, in the broker's words. */
    TOPIC
}
