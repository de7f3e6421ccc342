package io.dialogsecurity.demo;

/** How an application reaches the broker. */
enum Way {
    /** The core client, sealing switched on by nothing but its URL. */
    CORE_URL("CORE, URL"),
    /** The core client inside the JMS decorator. */
    CORE_JMS("CORE, JMS"),
    /** The Qpid client, that is AMQP, inside the JMS decorator. */
    AMQP_JMS("AMQP, JMS");

    private final String title;

    Way(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
