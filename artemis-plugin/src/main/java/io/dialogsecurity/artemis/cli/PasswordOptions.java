package io.dialogsecurity.artemis.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** A password, from anywhere but the command line, which every user of the machine can read. */
final class PasswordOptions {

    private static final int MIN_NEW_LENGTH = 8;
    private static final int MAX_FILE_BYTES = 64 * 1024;

    @ArgGroup(exclusive = true)
    private Source source = new Source();

    private static final class Source {
        @Option(
                names = "--password-file",
                paramLabel = "FILE",
                description = "Read the password from this file; a line break at the end does not count.")
        private Path file;

        @Option(
                names = "--password-env",
                paramLabel = "NAME",
                description = "Read the password from this environment variable.")
        private String variable;

        @Option(names = "--password-prompt", description = "Ask for the password.")
        private boolean prompt;
    }

    /** Whether a source was named. */
    boolean given() {
        return source.file != null || source.variable != null || source.prompt;
    }

    /** The password, or null if no source was named; the caller erases it. */
    char[] read(Main main, String whose) throws IOException {
        if (source.file != null) {
            return read(source.file);
        }
        if (source.variable != null) {
            String value = main.environment(source.variable);
            if (value == null) {
                throw CommandFailure.failed(
                        "the environment variable '" + source.variable + "' is not set; set it to the password");
            }
            return value.toCharArray();
        }
        return source.prompt ? prompt(whose) : null;
    }

    /** As {@link #read(Main, String)}, for a key store that is to be written: PKCS#12 takes no other passwords. */
    char[] readNew(Main main, String whose) throws IOException {
        char[] password = read(main, whose);
        if (password != null) {
            for (char c : password) {
                if (c < ' ' || c > '~') {
                    throw CommandFailure.failed(
                            "the password of " + whose + " has characters beyond ASCII; choose another");
                }
            }
            if (password.length < MIN_NEW_LENGTH) {
                throw CommandFailure.failed("the password of " + whose + " is too short; give " + MIN_NEW_LENGTH
                        + " characters or more, or none to have one drawn");
            }
        }
        return password;
    }

    private static char[] prompt(String whose) {
        Console console = System.console();
        char[] password = console == null ? null : console.readPassword("Password of %s: ", whose);
        if (password == null) {
            throw CommandFailure.failed("there is no terminal to ask for the password; use --password-file");
        }
        return password;
    }

    /** The password in a file. */
    static char[] read(Path file) throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw CommandFailure.failed(file + ": is too large for a password; give a file with the password alone");
        }
        byte[] content = Files.readAllBytes(file);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            int end = text.length();
            while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
                end--;
            }
            char[] password = new char[end];
            text.get(password);
            return password;
        } catch (CharacterCodingException e) {
            throw CommandFailure.failed(file + ": is not UTF-8 text; give a file with the password alone");
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }
}
