package io.dialogsecurity.demo;

import static io.dialogsecurity.demo.Service.BILLING;
import static io.dialogsecurity.demo.Service.INVENTORY;
import static io.dialogsecurity.demo.Service.ORDER_ENTRY;
import static io.dialogsecurity.demo.Service.SHIPPING;
import static io.dialogsecurity.demo.Service.TREASURY;
import static io.dialogsecurity.demo.Way.AMQP_JMS;
import static io.dialogsecurity.demo.Way.CORE_JMS;
import static io.dialogsecurity.demo.Way.CORE_URL;

import io.dialogsecurity.demo.document.DocumentKind;
import java.util.List;
import java.util.Locale;

/** What flows from one service to another: an address, the documents on it, and the dialogs that run there at once. */
enum Lane {
    /** Many small ones, in transactions of 20; no line of either application knows of sealing. */
    ORDERS(
            Shape.ONE_WAY,
            ORDER_ENTRY,
            CORE_URL,
            CORE_URL,
            DocumentKind.FIX_ORDER,
            Body.TEXT,
            200,
            450,
            3,
            1_600,
            20,
            INVENTORY),
    /** The other direction, and from one protocol to the other. */
    EXECUTIONS(
            Shape.ONE_WAY,
            INVENTORY,
            CORE_URL,
            AMQP_JMS,
            DocumentKind.FIX_EXECUTION,
            Body.TEXT,
            250,
            450,
            2,
            1_200,
            20,
            ORDER_ENTRY),
    /** A question and its answer, on a queue named in JMSReplyTo. */
    SHIPMENTS(
            Shape.REQUEST_REPLY,
            ORDER_ENTRY,
            CORE_JMS,
            CORE_JMS,
            DocumentKind.HL7_ADT,
            Body.TEXT,
            600,
            1_500,
            3,
            350,
            1,
            SHIPPING),
    PAYMENTS(
            Shape.REQUEST_REPLY,
            TREASURY,
            AMQP_JMS,
            AMQP_JMS,
            DocumentKind.PAIN_001,
            Body.BYTES,
            2_000,
            40_000,
            2,
            250,
            1,
            BILLING),
    SETTLEMENTS(
            Shape.ONE_WAY,
            BILLING,
            CORE_JMS,
            AMQP_JMS,
            DocumentKind.PACS_008,
            Body.TEXT,
            1_500,
            6_000,
            2,
            500,
            5,
            TREASURY),
    /** From 20 kB to 2 MB: large messages for the broker. */
    REPORTS(
            Shape.ONE_WAY,
            SHIPPING,
            CORE_JMS,
            CORE_JMS,
            DocumentKind.HL7_ORU,
            Body.BYTES,
            20_000,
            2_000_000,
            2,
            12,
            1,
            ORDER_ENTRY),
    /** A topic with two targets, both of which get every message of the dialog. */
    NOTICES(
            Shape.TOPIC,
            ORDER_ENTRY,
            CORE_JMS,
            AMQP_JMS,
            DocumentKind.HL7_ADT,
            Body.MAP,
            600,
            1_200,
            2,
            200,
            1,
            SHIPPING,
            INVENTORY);

    /** How messages travel. */
    enum Shape {
        ONE_WAY("one-way"),
        REQUEST_REPLY("request/reply"),
        TOPIC("topic");

        private final String title;

        Shape(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** The JMS message a document is put in. */
    enum Body {
        TEXT,
        BYTES,
        MAP
    }

    private final Shape shape;
    private final Service from;
    private final Way sending;
    private final Way receiving;
    private final DocumentKind kind;
    private final Body body;
    private final int minChars;
    private final int maxChars;
    private final int dialogs;
    private final int messages;
    private final int transaction;
    private final List<Service> to;

    Lane(
            Shape shape,
            Service from,
            Way sending,
            Way receiving,
            DocumentKind kind,
            Body body,
            int minChars,
            int maxChars,
            int dialogs,
            int messages,
            int transaction,
            Service... to) {
        this.shape = shape;
        this.from = from;
        this.sending = sending;
        this.receiving = receiving;
        this.kind = kind;
        this.body = body;
        this.minChars = minChars;
        this.maxChars = maxChars;
        this.dialogs = dialogs;
        this.messages = messages;
        this.transaction = transaction;
        this.to = List.of(to);
    }

    /** Of the queue or topic. */
    String address() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of the queue for answers. */
    String replyAddress() {
        return address() + ".replies";
    }

    Shape shape() {
        return shape;
    }

    Service from() {
        return from;
    }

    List<Service> to() {
        return to;
    }

    Way sending() {
        return sending;
    }

    Way receiving() {
        return receiving;
    }

    DocumentKind kind() {
        return kind;
    }

    Body body() {
        return body;
    }

    int minChars() {
        return minChars;
    }

    int maxChars() {
        return maxChars;
    }

    /** How many dialogs run at once. */
    int dialogs() {
        return dialogs;
    }

    /** How many messages the initiator sends per dialog in a round of full size. */
    int messages() {
        return messages;
    }

    /** How many messages are sent per transaction; 1 for none. */
    int transaction() {
        return transaction;
    }
}
