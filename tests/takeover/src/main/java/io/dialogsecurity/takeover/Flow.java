package io.dialogsecurity.takeover;

import static io.dialogsecurity.takeover.Part.SALES_IN;
import static io.dialogsecurity.takeover.Part.SALES_OUT;
import static io.dialogsecurity.takeover.Part.STORE_IN;
import static io.dialogsecurity.takeover.Part.STORE_OUT;
import static io.dialogsecurity.takeover.Way.AMQP;
import static io.dialogsecurity.takeover.Way.CORE;

import java.util.Locale;
import java.util.Optional;

/** Numbered durable messages that go one way; what answers another flow goes with the numbers of what it answers. */
enum Flow {
    ORDERS(SALES_OUT, CORE, STORE_IN, CORE, 1, null),
    PAYMENTS(SALES_OUT, AMQP, STORE_IN, AMQP, 1, null),
    SHIPMENTS(STORE_OUT, CORE, SALES_IN, AMQP, 5, null),
    INVOICES(STORE_OUT, AMQP, SALES_IN, CORE, 5, null),
    QUESTIONS(SALES_OUT, CORE, STORE_IN, AMQP, 1, null),
    ANSWERS(STORE_IN, AMQP, SALES_OUT, CORE, 1, QUESTIONS),
    REQUESTS(SALES_OUT, AMQP, STORE_IN, CORE, 1, null),
    REPLIES(STORE_IN, CORE, SALES_OUT, AMQP, 1, REQUESTS);

    private final Part from;
    private final Way sending;
    private final Part to;
    private final Way receiving;
    private final int transaction;
    private final Flow answered;

    Flow(Part from, Way sending, Part to, Way receiving, int transaction, Flow answered) {
        this.from = from;
        this.sending = sending;
        this.to = to;
        this.receiving = receiving;
        this.transaction = transaction;
        this.answered = answered;
    }

    Part from() {
        return from;
    }

    Way sending() {
        return sending;
    }

    Part to() {
        return to;
    }

    Way receiving() {
        return receiving;
    }

    /** Messages per transaction of sender and receiver; 1 is none: the send is answered, and the receipt acknowledged. */
    int transaction() {
        return transaction;
    }

    /** What its messages are the answers to, or null. */
    Flow answered() {
        return answered;
    }

    /** What answers its messages. */
    Optional<Flow> answer() {
        for (Flow flow : values()) {
            if (flow.answered == this) {
                return Optional.of(flow);
            }
        }
        return Optional.empty();
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
