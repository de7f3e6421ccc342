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
    /** Many small ones, in transactions; no line of either application knows of sealing. */
    ORDERS(
            new Route(Shape.ONE_WAY, ORDER_ENTRY, CORE_URL, CORE_URL, INVENTORY),
            new Papers(DocumentKind.FIX_ORDER, Body.TEXT, 200, 450),
            new Volume(3, 2_000, 20)),
    /** The other direction, and from one protocol to the other. */
    EXECUTIONS(
            new Route(Shape.ONE_WAY, INVENTORY, CORE_URL, AMQP_JMS, ORDER_ENTRY),
            new Papers(DocumentKind.FIX_EXECUTION, Body.TEXT, 250, 450),
            new Volume(2, 1_500, 20)),
    /** A question and its answer, on a queue named in JMSReplyTo. */
    SHIPMENTS(
            new Route(Shape.REQUEST_REPLY, ORDER_ENTRY, CORE_JMS, CORE_JMS, SHIPPING),
            new Papers(DocumentKind.HL7_ADT, Body.TEXT, 600, 1_500),
            new Volume(3, 150, 1)),
    PAYMENTS(
            new Route(Shape.REQUEST_REPLY, TREASURY, AMQP_JMS, AMQP_JMS, BILLING),
            new Papers(DocumentKind.PAIN_001, Body.BYTES, 2_000, 40_000),
            new Volume(2, 150, 1)),
    SETTLEMENTS(
            new Route(Shape.ONE_WAY, BILLING, CORE_JMS, AMQP_JMS, TREASURY),
            new Papers(DocumentKind.PACS_008, Body.TEXT, 1_500, 6_000),
            new Volume(2, 500, 5)),
    /** From 20 kB to 2 MB: large messages for the broker. */
    REPORTS(
            new Route(Shape.ONE_WAY, SHIPPING, CORE_JMS, CORE_JMS, ORDER_ENTRY),
            new Papers(DocumentKind.HL7_ORU, Body.BYTES, 20_000, 2_000_000),
            new Volume(2, 10, 1)),
    /** A topic with two targets, both of which get every message of the dialog. */
    NOTICES(
            new Route(Shape.TOPIC, ORDER_ENTRY, CORE_JMS, AMQP_JMS, SHIPPING, INVENTORY),
            new Papers(DocumentKind.HL7_ADT, Body.MAP, 600, 1_200),
            new Volume(2, 120, 1));

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

    /** Who sends to whom, and how they reach the broker. */
    private record Route(Shape shape, Service from, Way sending, Way receiving, List<Service> to) {

        private Route(Shape shape, Service from, Way sending, Way receiving, Service... to) {
            this(shape, from, sending, receiving, List.of(to));
        }
    }

    /** What is sent: sizes are in characters. */
    private record Papers(DocumentKind kind, Body body, int minChars, int maxChars) {}

    /** How much is sent: messages are those of the initiator per dialog in a round of full size. */
    private record Volume(int dialogs, int messages, int transaction) {}

    private final Route route;
    private final Papers papers;
    private final Volume volume;

    Lane(Route route, Papers papers, Volume volume) {
        this.route = route;
        this.papers = papers;
        this.volume = volume;
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
        return route.shape();
    }

    Service from() {
        return route.from();
    }

    List<Service> to() {
        return route.to();
    }

    Way sending() {
        return route.sending();
    }

    Way receiving() {
        return route.receiving();
    }

    DocumentKind kind() {
        return papers.kind();
    }

    Body body() {
        return papers.body();
    }

    int minChars() {
        return papers.minChars();
    }

    int maxChars() {
        return papers.maxChars();
    }

    /** How many dialogs run at once. */
    int dialogs() {
        return volume.dialogs();
    }

    /** How many messages the initiator sends per dialog in a round of full size. */
    int messages() {
        return volume.messages();
    }

    /** How many messages are sent per transaction; 1 for none. */
    int transaction() {
        return volume.transaction();
    }
}
