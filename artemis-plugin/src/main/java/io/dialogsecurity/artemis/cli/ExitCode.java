package io.dialogsecurity.artemis.cli;

/** What a command ends with; part of the interface, scripts rely on it. */
final class ExitCode {

    /** Done, and the answer is yes. */
    static final int OK = 0;
    /** Done, and the answer is no: an envelope is refused, a configuration is wrong. */
    static final int REFUSED = 1;
    /** The command line is wrong. */
    static final int USAGE = 2;
    /** It cannot be done: a file is missing, a password wrong. */
    static final int FAILED = 3;

    private ExitCode() {}
}
