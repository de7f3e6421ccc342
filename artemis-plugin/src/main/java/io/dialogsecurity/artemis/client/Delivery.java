package io.dialogsecurity.artemis.client;

/**
 * How a message is to be delivered, as far as it matters to sealing.
 *
 * @param delayMillis how long the broker keeps it before anybody gets it; 0 or less if it does not
 * @param mayBeDropped whether the broker may drop it, and do right: when it has expired, or has seen its duplicate id before
 */
public record Delivery(long delayMillis, boolean mayBeDropped) {

    /** At once, and for certain. */
    public static final Delivery USUAL = new Delivery(0, false);
}
