package io.dialogsecurity.identity;

import java.nio.file.Path;

/**
 * A file with keys, certificates or revocation lists that cannot be used. The message is one line:
 * the file, what is wrong, and the remedy. It never contains a password or a key.
 */
public final class IdentityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final String problem;

    IdentityException(Path file, String what, String remedy, Throwable cause) {
        super(file + ": " + oneLine(what) + "; " + oneLine(remedy), cause);
        this.file = file;
        this.problem = oneLine(what) + "; " + oneLine(remedy);
    }

    IdentityException(Path file, String what, String remedy) {
        this(file, what, remedy, null);
    }

    /** The file that cannot be used. */
    public Path file() {
        return file;
    }

    /** What is wrong and the remedy, without the file: for a message that names a place of its own. */
    public String problem() {
        return problem;
    }

    /** Names from certificates and messages of other libraries may contain anything. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }
}
