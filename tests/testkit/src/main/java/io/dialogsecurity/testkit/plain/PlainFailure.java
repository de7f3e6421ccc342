package io.dialogsecurity.testkit.plain;

/** A plain client's library or its broker said no; the cause is what the library threw, if it threw. */
public final class PlainFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PlainFailure(String message) {
        super(message);
    }

    PlainFailure(Exception cause) {
        super(cause.toString(), cause);
    }
}
