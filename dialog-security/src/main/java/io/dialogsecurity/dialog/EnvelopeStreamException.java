package io.dialogsecurity.dialog;

import java.io.IOException;

/** A streamed body is not what was sealed: what was read so far is authentic, but the message is not whole. */
public final class EnvelopeStreamException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient Rejected rejected;

    EnvelopeStreamException(Rejected rejected) {
        super(rejected.reason() + ": " + rejected.detail());
        this.rejected = rejected;
    }

    /** Why. */
    public Rejected rejected() {
        return rejected;
    }
}
