package io.dialogsecurity.wire;

import java.util.Optional;

/** Who can have written a message, given who holds its keys. The registry "Authenticity". */
public enum Authenticity {
    /** One target: whoever holds the keys is the initiator or that target. */
    PAIR(0),
    /** Several targets share the keys; every message carries its sender's signature. */
    SIGNED(1),
    /** Several targets share the keys and trust each other not to speak as the initiator. */
    GROUP(2);

    private static final Authenticity[] BY_CODE = values();

    private final int code;

    Authenticity(int code) {
        this.code = code;
    }

    /** The byte on the wire. */
    public int code() {
        return code;
    }

    /** The authenticity with this code, or empty. */
    public static Optional<Authenticity> of(int code) {
        return code >= 0 && code < BY_CODE.length ? Optional.of(BY_CODE[code]) : Optional.empty();
    }
}
