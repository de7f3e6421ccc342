package io.dialogsecurity.wire;

import java.util.Optional;

/** What a body was before it was sealed, in words every protocol understands. The registry "Kinds". */
public enum ContentKind {
    /** A message that has properties but no body. */
    NONE(0),
    /** Octets. */
    BYTES(1),
    /** Text, as UTF-8. */
    TEXT(2),
    /** Names and typed values. */
    MAP(3),
    /** A sequence of typed values. */
    STREAM(4),
    /** A serialized Java object. */
    OBJECT(5),
    /** The sender breaks the dialog off: a {@link DialogError}. */
    ERROR(6);

    private static final ContentKind[] BY_CODE = values();

    private final int code;

    ContentKind(int code) {
        this.code = code;
    }

    /** The byte on the wire. */
    public int code() {
        return code;
    }

    /** The kind with this code, or empty. */
    public static Optional<ContentKind> of(int code) {
        return code >= 0 && code < BY_CODE.length ? Optional.of(BY_CODE[code]) : Optional.empty();
    }
}
