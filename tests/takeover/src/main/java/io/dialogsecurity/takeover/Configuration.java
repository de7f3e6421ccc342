package io.dialogsecurity.takeover;

import io.dialogsecurity.testkit.ClientClassPath;
import io.dialogsecurity.testkit.ClientProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

/** Makes certificates with our own command line, and writes the configurations of guard and instances. */
final class Configuration {

    static final String QUARANTINE = "dialog-security.quarantine";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path pki;
    private final boolean caches;
    private final boolean state;

    private Configuration(Path pki, boolean caches, boolean state) {
        this.pki = pki;
        this.caches = caches;
        this.state = state;
    }

    /**
     * Makes the certificates.
     *
     * @param directory of the run
     * @param caches whether endpoints and guard may keep what they have derived
     * @param state whether they remember beyond the life of their process how far each dialog has come
     */
    static Configuration create(Path directory, boolean caches, boolean state) {
        Path trial = directory.resolve("trial");
        try (ClientProcess command = ClientProcess.of("io.dialogsecurity.artemis.cli.Main")
                .name("pki demo")
                .classPath(ClientClassPath.entries())
                .jvmOptions(ClientClassPath.quietJava())
                .arguments("pki", "demo", "--services", String.join(",", Part.services()), "--out", trial.toString())
                .start()) {
            if (command.awaitExit(PATIENCE) != 0) {
                throw new IllegalStateException("no certificates: " + command.lines());
            }
        }
        return new Configuration(trial.resolve("pki"), caches, state);
    }

    /** The guard's. It keeps state if it is not told otherwise. */
    void writeGuard(Path file) throws IOException {
        write(file, "", state ? "" : "<state enabled=\"false\"/>");
    }

    /** An instance's. */
    void writeInstance(Path file, String service) throws IOException {
        write(
                file,
                "<identity service=\"%s\" key-store=\"%s\" password-file=\"%s\"/>"
                        .formatted(service, pki.resolve(service + ".p12"), pki.resolve(service + ".password")),
                state ? "<state directory=\"state\"/>" : "");
    }

    private void write(Path file, String identity, String stateElement) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                <?xml version="1.0" encoding="UTF-8"?>
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust>
                    <anchor file="%s"/>
                    <crl file="%s"/>
                  </trust>
                  %s
                  <services>
                %s
                  </services>
                  <suites accept="2"/>
                  <limits message-max-age="P1D"/>
                  %s
                  %s
                  <quarantine address="%s"/>
                  <addresses default="bypass">
                %s
                  </addresses>
                </dialog-security>
                """.formatted(
                        pki.resolve("root.pem"),
                        pki.resolve("root.crl"),
                        identity,
                        services(),
                        caches ? "" : cachesOff(),
                        stateElement,
                        QUARANTINE,
                        addresses()));
    }

    private String services() {
        return Part.services().stream()
                .map(name ->
                        "    <service name=\"%s\" certificate=\"%s\"/>".formatted(name, pki.resolve(name + ".pem")))
                .collect(Collectors.joining("\n"));
    }

    private static String cachesOff() {
        return """
                <caches>
                    <outgoing-pairs enabled="false"/>
                    <verified-headers enabled="false"/>
                    <key-exchange-keys enabled="false"/>
                    <dialog-keys enabled="false"/>
                  </caches>""";
    }

    private static String addresses() {
        return Lane.all().stream()
                .filter(lane -> lane.side() == Side.SEALED)
                .map(lane -> "    <address match=\"%s\" action=\"apply\" senders=\"%s\" receivers=\"%s\"/>"
                        .formatted(
                                lane.address(),
                                lane.flow().from().service(),
                                lane.flow().to().service()))
                .collect(Collectors.joining("\n"));
    }
}
