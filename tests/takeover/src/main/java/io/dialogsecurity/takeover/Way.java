package io.dialogsecurity.takeover;

/** How an application reaches the broker. */
enum Way {
    /** The Artemis client. */
    CORE,
    /** Qpid JMS. */
    AMQP
}
