package io.dialogsecurity.failover;

/**
 * Endpoint state cannot be read or written. The message is one line that names the file or database, what is wrong and what
 * to do; it holds no password. Whoever gets it while a message is being judged refuses the message.
 */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoreException(String message) {
        super(oneLine(message));
    }

    StoreException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
