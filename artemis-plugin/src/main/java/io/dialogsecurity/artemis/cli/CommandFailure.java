package io.dialogsecurity.artemis.cli;

/** Ends a command with one line on standard error. */
final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** @param line what is wrong, and the remedy */
    CommandFailure(int exitCode, String line) {
        super(line);
        this.exitCode = exitCode;
    }

    CommandFailure(int exitCode, String line, Throwable cause) {
        super(line, cause);
        this.exitCode = exitCode;
    }

    /** Something needed is missing or does not fit. */
    static CommandFailure failed(String line) {
        return new CommandFailure(ExitCode.FAILED, line);
    }

    int exitCode() {
        return exitCode;
    }
}
