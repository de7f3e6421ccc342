package io.dialogsecurity.policy;

import java.nio.file.Path;

/**
 * A {@code dialog-security.xml} that cannot be used. The message is one line: {@code file:line:column: what is wrong;
 * the remedy}. It never contains a password.
 */
public final class PolicyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;

    private final int column;

    PolicyException(Path file, int line, int column, String problem, Throwable cause) {
        super(file + (line > 0 ? ":" + line + ":" + column : "") + ": " + oneLine(problem), cause);
        this.line = line;
        this.column = column;
    }

    /** The line, from 1; 0 if the file as a whole is meant. */
    public int line() {
        return line;
    }

    /** The column, from 1; 0 if the file as a whole is meant. */
    public int column() {
        return column;
    }

    /** Attribute values and other people's messages may contain anything. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }
}
