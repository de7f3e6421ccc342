package io.dialogsecurity.load;

import io.dialogsecurity.testkit.plain.Acknowledging;
import io.dialogsecurity.testkit.plain.Intake;
import io.dialogsecurity.testkit.plain.PlainKind;
import io.dialogsecurity.testkit.plain.Routing;

/**
 * Where messages of an audience wait to be received: its queue, or a lasting subscription to its topic. Immutable.
 *
 * @param audience whose messages
 * @param subscriber the subscription's name, which is its client's too; null for the queue
 */
record Place(Audience audience, String subscriber) {

    /** As one word. */
    String text() {
        return audience + (subscriber == null ? "" : "/" + subscriber);
    }

    /** The opposite of {@link #text()}. */
    static Place of(String text) {
        String[] parts = text.split("/", -1);
        return new Place(Audience.valueOf(parts[0]), parts.length == 1 ? null : parts[1]);
    }

    /** Queue or topic. */
    Routing routing() {
        return subscriber == null ? Routing.QUEUE : Routing.TOPIC;
    }

    /** What a client of some kind receives it by. Core and AMQP clients that read queues do so in transactions. */
    Intake intake(PlainKind kind) {
        boolean transacted = subscriber == null && (kind == PlainKind.CORE || kind == PlainKind.AMQP);
        Acknowledging how = transacted ? Acknowledging.TRANSACTED : Acknowledging.CLIENT;
        return subscriber == null
                ? Intake.queue(audience.queue()).acknowledging(how)
                : Intake.topic(audience.topic()).acknowledging(how).lasting(subscriber);
    }

    /** Whether a client of this kind knows for sure, once it has acknowledged a message, that nobody gets it again. */
    boolean settlesForSure(PlainKind kind) {
        return kind == PlainKind.STOMP || intake(kind).acknowledging() == Acknowledging.TRANSACTED;
    }
}
