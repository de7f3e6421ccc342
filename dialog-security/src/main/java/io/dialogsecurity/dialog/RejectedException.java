package io.dialogsecurity.dialog;

import io.dialogsecurity.wire.Layer;

/** Carries a rejection out of a derivation to {@link OpenOutcome}; never leaves this package. */
final class RejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Rejected rejected;

    RejectedException(Rejection reason, Layer layer, String detail) {
        super(detail, null, false, false);
        this.rejected = new Rejected(reason, layer, detail);
    }

    Rejected rejected() {
        return rejected;
    }
}
