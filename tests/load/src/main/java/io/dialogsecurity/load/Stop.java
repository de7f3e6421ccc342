package io.dialogsecurity.load;

/** Says when it is time to stop. Safe for use by several threads. */
final class Stop {

    private volatile boolean now;

    void now() {
        now = true;
    }

    boolean isNow() {
        return now;
    }
}
