package io.dialogsecurity.dialog;

/** A message with the number of another one, delivered all the same. Its acknowledgement is its own. Thread-safe. */
final class ForkedMessage {

    private volatile boolean acknowledged;

    void acknowledge() {
        acknowledged = true;
    }

    boolean acknowledged() {
        return acknowledged;
    }
}
