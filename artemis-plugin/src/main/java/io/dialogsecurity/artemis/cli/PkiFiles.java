package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.id.ServiceName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** What is where in the directory of a demo PKI. */
final class PkiFiles {

    /** 192 random bits. */
    private static final int PASSWORD_BYTES = 24;

    private static final Set<String> TAKEN = Set.of("authority", "root");

    private final Path directory;

    PkiFiles(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    /** The authority with its private key. */
    Path authority() {
        return directory.resolve("authority.p12");
    }

    Path authorityPassword() {
        return directory.resolve("authority.password");
    }

    /** The authority's certificate: the trust anchor. */
    Path root() {
        return directory.resolve("root.pem");
    }

    /** The authority's revocation list. */
    Path revocations() {
        return directory.resolve("root.crl");
    }

    /** A service's key store. */
    Path keyStore(String service) {
        return directory.resolve(service + ".p12");
    }

    Path password(String service) {
        return directory.resolve(service + ".password");
    }

    /** A service's certificate, for those who seal to it. */
    Path certificate(String service) {
        return directory.resolve(service + ".pem");
    }

    /** A service's name, if files can be called so. */
    static ServiceName serviceName(String name) {
        if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}") || TAKEN.contains(name)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "'" + name
                            + "' cannot be the name of a service and its files here; use letters, digits, '.', '_' and"
                            + " '-', and neither 'root' nor 'authority'");
        }
        return new ServiceName(name);
    }

    /** Refuses to overwrite: a key that is gone takes with it every message sealed to it. */
    static void requireAbsent(Path file) {
        if (Files.exists(file)) {
            throw CommandFailure.failed(file + ": exists already; remove it, or choose another directory");
        }
    }

    /** Draws a password and keeps it in a new private file. */
    static char[] newPassword(Path file) throws IOException {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        byte[] text = Base64.getUrlEncoder().encode(random);
        try (OutputStream out = PrivateFiles.create(file)) {
            out.write(text);
            out.write('\n');
        }
        char[] password = new char[text.length];
        CharBuffer.wrap(password).put(StandardCharsets.US_ASCII.decode(ByteBuffer.wrap(text)));
        return password;
    }
}
