package io.dialogsecurity.dialog;

/**
 * A message cannot be sealed: nobody to seal it to, a certificate that is not valid, a reply whose key exchange key has
 * expired. The message says what to do. Nothing was sent.
 */
public final class SealingRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Rejection reason;

    /**
     * @param reason the stable code
     * @param remedy one line: what is wrong, and what to do
     */
    public SealingRefusedException(Rejection reason, String remedy) {
        super(remedy);
        this.reason = reason;
    }

    /** The stable code. */
    public Rejection reason() {
        return reason;
    }
}
