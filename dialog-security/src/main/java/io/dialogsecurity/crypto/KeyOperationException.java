package io.dialogsecurity.crypto;

/**
 * A key could not do what was asked of it: a wrap that does not unwrap, a signature key of another suite, a destroyed
 * key. The message never holds key material or says which step of an unwrap failed.
 */
public final class KeyOperationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what could not be done */
    public KeyOperationException(String message) {
        super(message);
    }

    /**
     * @param message what could not be done
     * @param cause the provider's exception, for the log of our own mistakes only
     */
    public KeyOperationException(String message, Throwable cause) {
        super(message, cause);
    }
}
