package io.dialogsecurity.artemis.client;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Writes a small world of services into a directory: one authority, and a configuration for each service. */
public final class TestConfigurations {

    public static final List<String> SERVICES = List.of("order-entry", "shipping", "billing");

    private static final Instant NOW = Instant.now();
    private static final char[] PASSWORD = "changeit".toCharArray();

    static {
        System.setProperty("dialogsecurity.priming", "false");
    }

    private final Path directory;

    private TestConfigurations(Path directory) {
        this.directory = directory;
    }

    public static TestConfigurations in(Path directory) throws IOException {
        CertificateAuthority authority =
                CertificateAuthority.root("Test Root", NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(3650)));
        authority.writeCertificate(directory.resolve("root.pem"));
        for (String service : SERVICES) {
            IssuedIdentity identity = authority.issue(
                    new ServiceName(service),
                    Suite.SUITE_2,
                    NOW.minus(Duration.ofHours(1)),
                    NOW.plus(Duration.ofDays(365)));
            identity.writePkcs12(directory.resolve(service + ".p12"), PASSWORD, service);
            identity.writeCertificate(directory.resolve(service + ".pem"));
        }
        return new TestConfigurations(directory);
    }

    /**
     * Writes a configuration.
     *
     * @param name of the file, without its end
     * @param identities the services the process speaks for
     * @param addresses what stands in the element addresses, with its tags
     */
    public Path write(String name, List<String> identities, String addresses) throws IOException {
        StringBuilder xml = new StringBuilder(
                "<dialog-security xmlns=\"urn:dialog-security:1\">\n" + "<trust><anchor file=\"root.pem\"/></trust>\n");
        for (String service : identities) {
            xml.append("<identity service=\"")
                    .append(service)
                    .append("\" key-store=\"")
                    .append(service)
                    .append(".p12\" password=\"changeit\"/>\n");
        }
        xml.append("<services>\n");
        for (String service : SERVICES) {
            xml.append("<service name=\"")
                    .append(service)
                    .append("\" certificate=\"")
                    .append(service)
                    .append(".pem\"/>\n");
        }
        xml.append("</services>\n<suites accept=\"1 2\" prefer=\"2\"/>\n")
                .append(addresses)
                .append("\n</dialog-security>\n");
        Path file = directory.resolve(name + ".xml");
        Files.writeString(file, xml);
        return file;
    }
}
