package io.dialogsecurity.wire;

/** The layers of an envelope, outermost first, with the frame type of each on the wire. */
public enum Layer {
    /** Magic, version, suite, MIC, creation time, salt. Not framed: its length is fixed. */
    SECURITY_PREAMBLE(1),
    /** Who speaks to whom, and the initiator's signature. */
    SERVICE_PAIR_HEADER(2),
    /** The key exchange key, wrapped to every target and to the initiator. */
    KEY_EXCHANGE_KEY_HEADER(3),
    /** The dialog session key, wrapped by the key exchange key. */
    DIALOG_SESSION_KEY_HEADER(4),
    /** Sequence, kind, flags and destination of one message. */
    MESSAGE_HEADER(5),
    /** The ciphertext of a body held in one piece. */
    BODY(6),
    /** The sender's signature over one message, where several targets share the keys. */
    SENDER_SIGNATURE(7),
    /** A chunk of a streamed body, but not its last. */
    CHUNK(8),
    /** The last chunk of a streamed body. */
    LAST_CHUNK(9);

    private final int code;

    Layer(int code) {
        this.code = code;
    }

    /** The frame type byte. */
    public int code() {
        return code;
    }
}
