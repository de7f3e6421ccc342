package io.dialogsecurity.artemis.client.interceptor;

import io.dialogsecurity.artemis.client.IncomingMessages;

/** What has to be known of a consumer. Thread-safe. */
final class ConsumerState {

    private final boolean browsing;
    private volatile IncomingMessages incoming;
    private volatile boolean flowControlled = true;
    private volatile LargeArrival large;

    /** @param browsing whether it only looks at messages */
    ConsumerState(boolean browsing) {
        this.browsing = browsing;
    }

    boolean browsing() {
        return browsing;
    }

    /** The broker has said what the queue is. Messages arrive only afterwards. */
    void attach(IncomingMessages messages) {
        incoming = messages;
    }

    /** Judges what arrives. */
    IncomingMessages incoming() {
        IncomingMessages messages = incoming;
        if (messages == null) {
            throw new IllegalStateException("A message for a consumer that has not been made");
        }
        return messages;
    }

    /** Whether the broker counts what it may still deliver. */
    boolean flowControlled() {
        return flowControlled;
    }

    void flowControlled(boolean counted) {
        flowControlled = counted;
    }

    /** The large message that is arriving in pieces, or null. */
    LargeArrival large() {
        return large;
    }

    void large(LargeArrival arriving) {
        large = arriving;
    }

    /** What has arrived of a large message so far will come again from its start. */
    void dropLarge() {
        large = null;
    }
}
