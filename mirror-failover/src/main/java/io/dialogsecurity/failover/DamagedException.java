package io.dialogsecurity.failover;

/** What is stored is not what was stored. The message says which file or row, and what is wrong with it. */
final class DamagedException extends Exception {

    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
        super(message);
    }

    DamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
