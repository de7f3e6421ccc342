package io.dialogsecurity.testkit.plain;

/** What not every kind of plain client can do. */
public enum Ability {
    /** Properties beside the body. */
    PROPERTIES,
    /** Properties of other types than text, and the bodies that only JMS knows. */
    JMS,
    /** A queue as well as a topic. */
    QUEUES,
    /** Several messages sent together, or none of them. */
    SENDS_TOGETHER,
    /** What was received can be given back while the connection stays. */
    GIVES_BACK,
    /** Messages chosen by a condition on their properties. */
    SELECTS,
    /** Looks at a queue without taking from it. */
    BROWSES,
    /** A subscription that lasts while nobody is there. */
    LASTING_SUBSCRIPTIONS,
    /** A subscription whose messages several consumers divide among themselves. */
    SHARED_SUBSCRIPTIONS,
    /** Messages to be delivered later. */
    DELAYS,
    /** Messages that expire. */
    EXPIRES,
    /** Messages an address keeps for later subscribers, and messages for when the connection breaks. */
    RETAINS_AND_LEAVES_WILLS
}
