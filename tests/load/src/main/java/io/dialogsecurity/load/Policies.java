package io.dialogsecurity.load;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes the broker's policy again and again: ones that say the same in other words, ones that take the grey readers' right
 * away or give it back, and wrong ones. Not for use by several threads.
 */
final class Policies {

    static final String FILE = "dialog-security.xml";
    static final String QUARANTINE = "dialog-security.quarantine";

    /** What the grey readers get. */
    private enum Grey {
        OPENED,
        /** Somebody else is named as the one who may read. */
        NOBODY,
        /** Nothing is delivered to anybody, and the key that would open is gone too. */
        DROPPED
    }

    private final Path etc;
    private final Random random;
    private int written;

    private Policies(Path etc, Random random) {
        this.etc = etc;
        this.random = random;
    }

    /** Makes certificates and keys, and the first policy. */
    static Policies create(Path etc, Random random) throws IOException {
        Path pki = Files.createDirectories(etc.resolve("pki"));
        Instant from = Instant.now().minus(Duration.ofDays(1));
        Instant until = from.plus(Duration.ofDays(400));
        CertificateAuthority authority = CertificateAuthority.root("Load Test Root", from, until);
        authority.writeCertificate(pki.resolve("root.pem"));
        for (Audience audience : Audience.values()) {
            for (String service : List.of(audience.sendingService(), audience.readingService())) {
                IssuedIdentity identity = authority.issue(new ServiceName(service), Suite.SUITE_2, from, until);
                identity.writeCertificate(pki.resolve(service + ".pem"));
                identity.writePem(pki.resolve(service + ".key.pem"));
            }
        }
        Policies policies = new Policies(etc, random);
        policies.writeGood();
        return policies;
    }

    /** The policy in which everybody has their rights. */
    void writeGood() throws IOException {
        replace(policy(Grey.OPENED, "pki/root.pem"));
    }

    /** Another one, right or wrong. */
    void writeAny() throws IOException {
        Grey grey = Grey.values()[random.nextInt(Grey.values().length)];
        String good = policy(grey, "pki/root.pem");
        replace(
                switch (random.nextInt(6)) {
                    case 0 -> good.substring(0, random.nextInt(good.length()));
                    case 1 -> policy(grey, "pki/nowhere.pem");
                    case 2 -> good.replaceFirst("<open service=\"red-out\"/>", "<open service=\"red-up\"/>");
                    default -> good;
                });
    }

    private String policy(Grey grey, String anchor) {
        List<String> identities = new ArrayList<>();
        List<String> services = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (Audience audience : Audience.values()) {
            Grey what = audience == Audience.GREY ? grey : Grey.OPENED;
            String in = audience.sendingService();
            String out = audience.readingService();
            identities.add(identity(in));
            if (what != Grey.DROPPED) {
                identities.add(identity(out));
            }
            services.add(service(in, audience.sender()));
            services.add(service(out, audience.reader()));
            addresses.add(address(audience.queue(), in, out, what, ""));
            // Who is not to read the grey ones now must not take an envelope in place of what can be read later.
            addresses.add(
                    address(audience.topic(), in, out, what, audience == Audience.GREY ? "" : " others=\"envelope\""));
        }
        return """
            <dialog-security xmlns="urn:dialog-security:1">
              <!-- %d -->
              <trust><anchor file="%s"/></trust>
              %s
              <services>
                %s
              </services>
              <suites accept="2"/>
              <limits message-max-age="P%dD"/>
              <quarantine address="%s"/>
              <addresses default="bypass">
                %s
              </addresses>
            </dialog-security>
            """.formatted(
                        written,
                        anchor,
                        String.join("\n  ", identities),
                        String.join("\n    ", services),
                        1 + random.nextInt(3),
                        QUARANTINE,
                        String.join("\n    ", addresses));
    }

    private static String identity(String service) {
        return "<identity service=\"%s\" key-store=\"pki/%s.key.pem\"/>".formatted(service, service);
    }

    private static String service(String service, String user) {
        return "<service name=\"%s\" certificate=\"pki/%s.pem\" users=\"%s\"/>".formatted(service, service, user);
    }

    private static String address(String address, String sender, String receiver, Grey what, String others) {
        String outgoing = what == Grey.DROPPED ? " outgoing=\"drop\"" : others;
        String open = switch (what) {
            case OPENED -> "<open service=\"" + receiver + "\"/>";
            case NOBODY -> "<open service=\"" + receiver + "\" users=\"somebody-else\"/>";
            case DROPPED -> "";
        };
        return "<address match=\"%s\" action=\"apply\" senders=\"%s\" receivers=\"%s\"%s><seal service=\"%s\"/>%s</address>"
                .formatted(address, sender, receiver, outgoing, sender, open);
    }

    /** At once, as an administrator would, and so that it looks newer however coarse the clock of the files is. */
    private void replace(String policy) throws IOException {
        written++;
        Path file = etc.resolve(FILE);
        long before = Files.exists(file) ? Files.getLastModifiedTime(file).toMillis() : 0;
        Path scratch = etc.resolve("new-policy.xml");
        Files.writeString(scratch, policy);
        Files.setLastModifiedTime(
                scratch,
                FileTime.fromMillis(Math.max(before + 1_000, Instant.now().toEpochMilli())));
        Files.move(scratch, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
