package io.dialogsecurity.testkit.plain;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message to be sent, and how. What a protocol has no place for, a client leaves out. Not for use by
 * several threads.
 */
public final class Outgoing {

    private static final int DEFAULT_PRIORITY = 4;

    final String address;
    final Routing routing;
    final Body body;
    final Map<String, Object> properties = new LinkedHashMap<>();
    String correlationId;
    String replyTo;
    String type;
    String contentType;
    int priority = DEFAULT_PRIORITY;
    Duration lifetime = Duration.ZERO;
    Duration delay = Duration.ZERO;
    boolean persistent = true;
    boolean retained;
    int qualityOfService = 1;

    private Outgoing(String address, Routing routing, Body body) {
        this.address = address;
        this.routing = routing;
        this.body = body;
    }

    /** To a queue. */
    public static Outgoing toQueue(String address, Body body) {
        return new Outgoing(address, Routing.QUEUE, body);
    }

    /** To a topic. */
    public static Outgoing toTopic(String address, Body body) {
        return new Outgoing(address, Routing.TOPIC, body);
    }

    /** To a queue or a topic. */
    public static Outgoing to(Routing routing, String address, Body body) {
        return new Outgoing(address, routing, body);
    }

    /** Adds a property; in protocols that only know texts, its text. */
    public Outgoing property(String name, Object value) {
        properties.put(name, value);
        return this;
    }

    /** Adds properties. */
    public Outgoing properties(Map<String, Object> more) {
        properties.putAll(more);
        return this;
    }

    /** What it answers or belongs to. */
    public Outgoing correlationId(String id) {
        this.correlationId = id;
        return this;
    }

    /** The queue for the answer. */
    public Outgoing replyTo(String queue) {
        this.replyTo = queue;
        return this;
    }

    /** JMS and STOMP: the message's type. */
    public Outgoing type(String text) {
        this.type = text;
        return this;
    }

    /** STOMP and MQTT 5: the body's media type. */
    public Outgoing contentType(String mediaType) {
        this.contentType = mediaType;
        return this;
    }

    /** From 0 to 9; otherwise 4. */
    public Outgoing priority(int zeroToNine) {
        this.priority = zeroToNine;
        return this;
    }

    /** How long it may wait; whole seconds in MQTT 5. */
    public Outgoing lifetime(Duration time) {
        this.lifetime = time;
        return this;
    }

    /** How long it has to wait. */
    public Outgoing delay(Duration time) {
        this.delay = time;
        return this;
    }

    /** Not to survive the broker. */
    public Outgoing notPersistent() {
        this.persistent = false;
        this.qualityOfService = 0;
        return this;
    }

    /** MQTT: kept for later subscribers. */
    public Outgoing retained() {
        this.retained = true;
        return this;
    }

    /** MQTT: 0, 1 or 2; otherwise 1. */
    public Outgoing qualityOfService(int zeroToTwo) {
        this.qualityOfService = zeroToTwo;
        return this;
    }
}
