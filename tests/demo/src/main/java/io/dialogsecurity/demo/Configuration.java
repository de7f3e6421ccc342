package io.dialogsecurity.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the dialog-security.xml files: the guard's, without any private key, and one for each service. */
final class Configuration {

    static final String QUARANTINE = "dialog-security.quarantine";

    private final Pki pki;

    Configuration(Pki pki) {
        this.pki = pki;
    }

    /** The guard's. Certificates are not needed there; the envelopes bring the signers' along. */
    void writeGuard(Path file) throws IOException {
        write(file, "", "2");
    }

    void writeService(Path file, String service, String identityName, int suite) throws IOException {
        write(
                file,
                """
                  <identity service="%s" key-store="%s" password-file="%s"/>

                """.formatted(service, pki.keyStore(identityName), pki.passwordFile(identityName)),
                Integer.toString(suite));
    }

    private void write(Path file, String identity, String preferredSuite) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                <?xml version="1.0" encoding="UTF-8"?>
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust>
                    <anchor file="%s"/>
                    <crl file="%s"/>
                  </trust>

                %s  <services>
                %s
                  </services>

                  <suites accept="1 2" prefer="%s"/>

                  <limits message-max-age="P1D"/>

                  <quarantine address="%s"/>

                  <addresses default="bypass">
                %s
                  </addresses>
                </dialog-security>
                """.formatted(
                pki.anchor(), pki.revocations(), identity, services(), preferredSuite, QUARANTINE, addresses()));
    }

    private String services() {
        StringBuilder lines = new StringBuilder();
        for (Service service : Service.values()) {
            lines.append(service(service.title()));
        }
        return lines.append(service(Pki.MALLORY))
                .append(service(Pki.DISMISSED))
                .toString()
                .stripTrailing();
    }

    private String service(String name) {
        return "    <service name=\"%s\" certificate=\"%s\" users=\"%s\" roles=\"%s\"/>%n"
                .formatted(name, pki.certificate(name), name, name);
    }

    private static String addresses() {
        StringBuilder lines = new StringBuilder();
        for (Lane lane : Lane.values()) {
            lines.append(address(lane.address(), List.of(lane.from()), lane.to()));
            if (lane.shape() == Lane.Shape.REQUEST_REPLY) {
                lines.append(address(lane.replyAddress(), lane.to(), List.of(lane.from())));
            }
        }
        return lines.toString().stripTrailing();
    }

    private static String address(String match, List<Service> senders, List<Service> receivers) {
        return "    <address match=\"%s\" action=\"apply\" senders=\"%s\" receivers=\"%s\"/>%n"
                .formatted(match, names(senders), names(receivers));
    }

    private static String names(List<Service> services) {
        return services.stream().map(Service::title).collect(Collectors.joining(" "));
    }
}
