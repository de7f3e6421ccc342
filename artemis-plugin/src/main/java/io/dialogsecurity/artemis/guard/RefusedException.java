package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.Layer;

/** Carries a refusal from where it is decided to {@link MessageGuard#refuse}. */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Rejected rejected;

    /** A refusal as it was judged. */
    public RefusedException(Rejected rejected) {
        super(rejected.detail(), null, false, false);
        this.rejected = rejected;
    }

    /** A refusal for a reason found here. */
    public RefusedException(Rejection reason, Layer layer, String detail) {
        this(new Rejected(reason, layer, detail));
    }

    /** Why. */
    public Rejected rejected() {
        return rejected;
    }
}
