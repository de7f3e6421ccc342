package io.dialogsecurity.testkit.plain;

/**
 * What to receive, and how. Immutable.
 *
 * @param address of the queue or topic, with Artemis wildcards in a topic's
 * @param routing queue or topic
 * @param acknowledging how
 * @param selector a condition on properties; null for none
 * @param subscription the name of the subscription; null for one of this consumer's own
 * @param lasting whether the subscription lasts while nobody is there
 * @param shared whether several consumers divide it among themselves
 */
public record Intake(
        String address,
        Routing routing,
        Acknowledging acknowledging,
        String selector,
        String subscription,
        boolean lasting,
        boolean shared) {

    /** From a queue, acknowledged by the library. */
    public static Intake queue(String address) {
        return new Intake(address, Routing.QUEUE, Acknowledging.AUTO, null, null, false, false);
    }

    /** From a topic, acknowledged by the library. */
    public static Intake topic(String address) {
        return new Intake(address, Routing.TOPIC, Acknowledging.AUTO, null, null, false, false);
    }

    /** Acknowledged in another way. */
    public Intake acknowledging(Acknowledging other) {
        return new Intake(address, routing, other, selector, subscription, lasting, shared);
    }

    /** Only what fulfils a condition. */
    public Intake selector(String condition) {
        return new Intake(address, routing, acknowledging, condition, subscription, lasting, shared);
    }

    /** Over a subscription that lasts. */
    public Intake lasting(String name) {
        return new Intake(address, routing, acknowledging, selector, name, true, shared);
    }

    /** Over a subscription that others have too. */
    public Intake shared(String name) {
        return new Intake(address, routing, acknowledging, selector, name, lasting, true);
    }
}
