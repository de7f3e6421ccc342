package io.dialogsecurity.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The identities of the vectors, by the names of their files in {@code keys/}. */
final class VectorKeys {

    static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    static final Instant TO = Instant.parse("2036-01-01T00:00:00Z");
    private static final Path DIRECTORY = VectorRun.ROOT.resolve("keys");

    private VectorKeys() {}

    static VectorPki.Identity of(String name) {
        return VectorPki.readIdentity(DIRECTORY.resolve(name + ".pem"));
    }

    static VectorPki.Identity of(String service, int suite) {
        return of(service + "-" + suite);
    }

    /** Makes all of them, unless they are there: vectors made again keep their keys. */
    static void make() {
        if (Files.exists(DIRECTORY.resolve("root.pem"))) {
            return;
        }
        VectorPki root = VectorPki.root("Vector Root", FROM, TO);
        write("root", VectorPki.certificatesPem(List.of(root.certificate())));
        for (String service : List.of("order-entry", "shipping", "billing", "mallory")) {
            for (int suite = 1; suite <= 2; suite++) {
                identity(service + "-" + suite, root.issue(service, suite, FROM, TO));
            }
        }
        VectorPki intermediate = root.intermediate("Vector Intermediate", FROM, TO);
        identity("order-entry-2-intermediate", intermediate.issue("order-entry", 2, FROM, TO));
        Instant day = ReferenceSealer.NOW.minus(Duration.ofDays(1));
        identity("order-entry-2-ended", root.issue("order-entry", 2, FROM, day));
        identity("order-entry-2-later", root.issue("order-entry", 2, ReferenceSealer.NOW.plus(Duration.ofDays(1)), TO));
        identity("order-entry-2-misused", root.issueMisused("order-entry", FROM, TO));
        identity("order-entry-1-weak", root.issueWeak("order-entry", FROM, TO));
        VectorPki.Identity revoked = root.issue("order-entry", 2, FROM, TO);
        identity("order-entry-2-revoked", revoked);
        VectorPki.Identity revokedTarget = root.issue("billing", 2, FROM, TO);
        identity("billing-2-revoked", revokedTarget);
        write("root.crl", root.revoke(List.of(revoked, revokedTarget), FROM, TO));
        VectorPki other = VectorPki.root("Another Root", FROM, TO);
        identity("order-entry-2-untrusted", other.issue("order-entry", 2, FROM, TO));
        identity("billing-2-untrusted", other.issue("billing", 2, FROM, TO));
        VectorPki impostor = VectorPki.root("Vector Root", FROM, TO);
        identity("order-entry-2-impostor", impostor.issue("order-entry", 2, FROM, TO));
    }

    static void identity(String name, VectorPki.Identity identity) {
        write(name, VectorPki.identityPem(identity));
        write(name + ".certificate", VectorPki.certificatesPem(identity.certificates()));
    }

    static void write(String name, String pem) {
        try {
            Path file = DIRECTORY.resolve(name + ".pem");
            Files.createDirectories(file.getParent());
            Files.writeString(file, pem, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
