package io.dialogsecurity.dialog;

import java.util.function.Predicate;

/**
 * Where and for what an envelope is opened. Immutable.
 */
public final class Reception {

    private final String destination;
    private final Predicate<String> destinations;
    private final boolean refuseGaps;
    private final boolean flagForks;
    private final boolean audit;
    private final boolean remembers;
    private final boolean replays;
    private final String subscription;

    private Reception(
            String destination,
            Predicate<String> destinations,
            boolean refuseGaps,
            boolean flagForks,
            boolean audit,
            boolean remembers,
            boolean replays,
            String subscription) {
        this.destination = destination;
        this.destinations = destinations;
        this.refuseGaps = refuseGaps;
        this.flagForks = flagForks;
        this.audit = audit;
        this.remembers = remembers;
        this.replays = replays;
        this.subscription = subscription;
    }

    /** The message arrived at this address and must have been sealed for it. */
    public static Reception at(String destination) {
        return new Reception(destination, destination::equals, false, false, false, true, false, "");
    }

    /** The message must have been sealed for one of these addresses: wildcard subscriptions, dead-letter queues. */
    public static Reception at(Predicate<String> destinations) {
        return new Reception(null, destinations, false, false, false, true, false, "");
    }

    /**
     * To look at an envelope wherever and whenever it is found, on either side of the dialog: destination, age and replay
     * are not checked, nothing is remembered. For tools, not for applications.
     */
    public static Reception forAudit() {
        return new Reception(null, any -> true, false, false, true, false, false, "");
    }

    /**
     * The same, for a broker that opens what it takes from its own queues: age, order and replay were judged when the message
     * came in, and it is opened as often as it is delivered. Nothing is remembered.
     */
    public Reception fromQueue() {
        return new Reception(destination, destinations, refuseGaps, flagForks, audit, false, replays, subscription);
    }

    /** The same, refusing messages before which others are missing. */
    public Reception refusingGaps() {
        return new Reception(destination, destinations, true, flagForks, audit, remembers, replays, subscription);
    }

    /** The same, letting pass, marked, what has the number of another message. */
    public Reception flaggingForks() {
        return new Reception(destination, destinations, refuseGaps, true, audit, remembers, replays, subscription);
    }

    /**
     * The same, taking what is too old to tell whether it was here before: it is given again anyway, as everything that was
     * acknowledged.
     */
    public Reception allowingReplays() {
        return new Reception(destination, destinations, refuseGaps, flagForks, audit, remembers, true, subscription);
    }

    /**
     * The same, through one of several queues that are each given a copy of every message, as the subscriptions of a topic
     * are. What arrived through another one is not remembered here: its copy is another's, and no replay.
     */
    public Reception through(String queue) {
        return new Reception(destination, destinations, refuseGaps, flagForks, audit, remembers, replays, queue);
    }

    boolean accepts(String sealedFor) {
        return destination != null ? destination.equals(sealedFor) : destinations.test(sealedFor);
    }

    boolean refuseGaps() {
        return refuseGaps;
    }

    boolean flagForks() {
        return flagForks;
    }

    boolean audit() {
        return audit;
    }

    /** Whether freshness, order and replay are judged. */
    boolean remembers() {
        return remembers;
    }

    /** Whether it is no matter that a message may have been acknowledged before. */
    boolean replays() {
        return replays;
    }

    String subscription() {
        return subscription;
    }
}
