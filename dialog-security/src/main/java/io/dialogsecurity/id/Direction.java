package io.dialogsecurity.id;

/** Which way a message travels in its dialog. Each direction has keys and sequence numbers of its own. */
public enum Direction {
    /** From the service that opened the dialog. */
    INITIATOR_TO_TARGET(0),
    /** From a service the dialog was opened to. */
    TARGET_TO_INITIATOR(1);

    private final int code;

    Direction(int code) {
        this.code = code;
    }

    /** The byte on the wire. */
    public int code() {
        return code;
    }
}
