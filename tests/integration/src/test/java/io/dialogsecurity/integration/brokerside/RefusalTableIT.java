package io.dialogsecurity.integration.brokerside;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.integration.guard.FaultyPlugin;
import io.dialogsecurity.integration.guard.Forgeries;
import io.dialogsecurity.integration.guard.Services;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.ClassJar;
import io.dialogsecurity.testkit.PlaintextSearch;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads the table of refusals in {@code BROKER-SIDE.md} and has every cell happen, with the client library of each protocol and
 * a real broker: what the sender is told, whether the message is stored, whether it is in quarantine, and what the audit log
 * says.
 */
class RefusalTableIT {

    private static final Path DOCUMENT = Path.of(System.getProperty("dialogsecurity.broker.jar"))
            .getParent()
            .resolveSibling("doc")
            .resolve("BROKER-SIDE.md");

    private static final String DOES_NOT_OCCUR = "does not occur";
    private static final Pattern NOT_OCCURRING = Pattern.compile(DOES_NOT_OCCUR + " \\(([a-z])\\)");
    private static final String KEPT = "; kept";

    private static final String SECRET = "what nobody may find on the disk";
    private static final String PASSWORD = "secret";
    private static final String SALES = "sales";
    private static final String STORE = "store";
    private static final String MALLORY = "mallory";
    private static final String FREE = "free";
    private static final String POLICY_FILE = "dialog-security.xml";
    private static final String QUARANTINE = "dialog-security.quarantine";
    private static final String RETAINED = "$sys.mqtt.retain.";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int THREADS = 6;

    private static final int JOURNAL_BUFFER = 65_536;
    /** Fits into the journal with whatever a protocol adds, in OpenWire ids as long as the host's name, and no longer when it is sealed. */
    private static final int NEARLY_TOO_LARGE = JOURNAL_BUFFER - 1_450;
    /** More than any protocol sends as an ordinary message. */
    private static final int LARGE = 200_000;

    private static final Services SERVICES = new Services();
    private static final DialogEndpoint ORDER_ENTRY = SERVICES.endpoint(SERVICES.orderEntry);

    /** The columns: what is refused, and why. */
    private enum Refused {
        UNNAMED("plaintext, user not named", Rejection.PLAINTEXT_REFUSED, MALLORY),
        DROPPED("`action=\"drop\"`", Rejection.DROPPED_BY_POLICY, SALES),
        LARGE_MESSAGE("large message", Rejection.LARGE_MESSAGE_NOT_SEALABLE, SALES),
        CONTENT("content without a form", Rejection.CONTENT_INVALID, SALES),
        JOURNAL("sealed, too large for the journal", Rejection.TOO_LARGE, SALES),
        SIGNATURE("signature", Rejection.SIGNATURE_INVALID, SALES),
        DESTINATION("destination", Rejection.WRONG_DESTINATION, SALES),
        SERVICE("service not the user's", Rejection.CONNECTION_NOT_ENTITLED, MALLORY),
        CONFLICT("number used before", Rejection.SEQUENCE_CONFLICT, SALES),
        COPY("identical copy", null, SALES),
        MIC("MIC", Rejection.MIC_INVALID, SALES),
        FAULT_PLAIN("guard fails, plaintext", Rejection.INTERNAL_ERROR, SALES),
        FAULT_ENVELOPE("guard fails, envelope", Rejection.INTERNAL_ERROR, SALES),
        SECOND_GATE("second gate", Rejection.PLAINTEXT_REFUSED, SALES),
        CLOSED("endpoint state closed", Rejection.INTERNAL_ERROR, SALES);

        private final String label;
        private final Rejection reason;
        private final String user;

        Refused(String label, Rejection reason, String user) {
            this.label = label;
            this.reason = reason;
            this.user = user;
        }

        private String head() {
            return reason == null ? label : label + " `" + reason + "`";
        }

        private boolean isWhileTheGuardFails() {
            return this == FAULT_PLAIN || this == FAULT_ENVELOPE;
        }

        private String place(SendingWay way) {
            return place(way.text());
        }

        private String place(String way) {
            return (this == DROPPED ? "gone." : "t.") + name().toLowerCase(Locale.ROOT) + "." + way;
        }

        private String sentTo(SendingWay way) {
            return this == SECOND_GATE ? "diverted." + way.text() : place(way);
        }
    }

    /** An identical copy replaces what is retained, and what only the way out can judge is retained too. */
    private static final Set<Refused> ACCEPTED_AT_THE_DOOR = Set.of(Refused.COPY, Refused.MIC);

    private record Cell(SendingWay way, Refused refused) {}

    @TempDir
    static Path directory;

    private static RefusalTable table;
    private static BrokerProcess broker;
    private static final Map<Cell, String> TOLD = new ConcurrentHashMap<>();
    /** How many messages were stored before. */
    private static final Map<String, Long> STORED_BEFORE = new ConcurrentHashMap<>();

    private static final Map<String, String> KEPT_REASONS = new TreeMap<>();
    private static final Audit AUDIT = new Audit();

    @BeforeAll
    static void sendEverything() throws Exception {
        table = RefusalTable.read(DOCUMENT);
        broker = start();
        AUDIT.file = broker.consoleLog();
        Map<Cell, byte[]> bodies = new LinkedHashMap<>();
        for (Refused refused : Refused.values()) {
            for (SendingWay way : SendingWay.values()) {
                if (occurs(way, refused)) {
                    bodies.put(new Cell(way, refused), body(refused, refused.place(way)));
                }
            }
        }
        sendFirst(bodies);
        send(bodies, false);
        Path fault = broker.etcDirectory().resolve(FaultyPlugin.FAULT_FILE);
        Files.writeString(fault, "exception");
        send(bodies, true);
        Files.delete(fault);
        takeOut();
    }

    @AfterAll
    static void stop() throws Exception {
        ORDER_ENTRY.close();
        if (broker != null) {
            broker.stop();
            assertThat(PlaintextSearch.forMarkers(SECRET).in(broker.directory()))
                    .as("plaintext in the broker's files")
                    .isEmpty();
        }
    }

    private static boolean occurs(SendingWay way, Refused refused) {
        return !table.cell(way.label, refused.head()).startsWith(DOES_NOT_OCCUR);
    }

    private static BrokerProcess start() throws IOException {
        Path jar = ClassJar.write(directory.resolve("faulty.jar"), FaultyPlugin.class.getName());
        BrokerProcess.Builder builder = BrokerProcess.in(directory.resolve("broker"))
                .library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .library(jar)
                .plugin(FaultyPlugin.class.getName(), Map.of("config", POLICY_FILE))
                // So that the guard has to end connections by itself.
                .acceptorParameter("closeMqttConnectionOnPublishAuthorizationFailure", "false")
                .coreElement("journal-buffer-size", Integer.toString(JOURNAL_BUFFER))
                .user(SALES, PASSWORD, "all")
                .user(STORE, PASSWORD, "all")
                .user(MALLORY, PASSWORD, "all")
                .queue(FREE);
        for (String permission : List.of(
                "send",
                "consume",
                "browse",
                "createAddress",
                "createDurableQueue",
                "deleteDurableQueue",
                "createNonDurableQueue",
                "deleteNonDurableQueue")) {
            builder.allow("#", permission, "all");
        }
        for (SendingWay way : SendingWay.values()) {
            for (Refused refused : Refused.values()) {
                builder.queue(refused.place(way));
            }
            builder.queue(Refused.SECOND_GATE.sentTo(way));
            builder.divert(Refused.SECOND_GATE.sentTo(way), Refused.SECOND_GATE.place(way));
        }
        BrokerProcess process = builder.create();
        SERVICES.writePublic(process.etcDirectory().resolve("pki"));
        Path keys = Files.createDirectories(process.etcDirectory().resolve("keys"));
        SERVICES.orderEntry.writePem(keys.resolve("order-entry.pem"));
        SERVICES.shipping.writePem(keys.resolve("shipping.pem"));
        Files.writeString(process.etcDirectory().resolve(POLICY_FILE), """
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust><anchor file="pki/root.pem"/></trust>
                  <identity service="order-entry" key-store="keys/order-entry.pem"/>
                  <identity service="shipping" key-store="keys/shipping.pem"/>
                  <services>
                    <service name="order-entry" certificate="pki/order-entry.pem" users="sales"/>
                    <service name="shipping" certificate="pki/shipping.pem" users="store"/>
                  </services>
                  <suites accept="1 2"/>
                  <addresses default="bypass">
                    <address match="t.#" action="apply" receivers="shipping">
                      <seal service="order-entry"/>
                      <open service="shipping"/>
                    </address>
                    <address match="gone.#" action="drop"/>
                  </addresses>
                </dialog-security>
                """);
        return process.start();
    }

    private static byte[] body(Refused refused, String address) {
        byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
        return switch (refused) {
            case UNNAMED, DROPPED, CONTENT, FAULT_PLAIN, SECOND_GATE, CLOSED -> secret;
            case LARGE_MESSAGE -> Arrays.copyOf(secret, LARGE);
            case JOURNAL -> Arrays.copyOf(secret, NEARLY_TOO_LARGE);
            case SIGNATURE -> Forgeries.tampered(seal(address));
            case DESTINATION -> seal(address + ".elsewhere");
            case SERVICE, CONFLICT, COPY, FAULT_ENVELOPE -> seal(address);
            case MIC -> {
                byte[] envelope = seal(address);
                envelope[envelope.length - 1] ^= 1;
                yield envelope;
            }
        };
    }

    private static byte[] seal(String address) {
        return ORDER_ENTRY.begin(Set.of(Services.SHIPPING)).seal(MessageContent.text(SECRET), address);
    }

    private static Connection connect(String user, String password) throws JMSException {
        Connection connection = new ActiveMQConnectionFactory(broker.coreUrl()).createConnection(user, password);
        connection.start();
        return connection;
    }

    /** What copies and conflicts are of. */
    private static void sendFirst(Map<Cell, byte[]> bodies) throws JMSException {
        try (Connection connection = connect(SALES, PASSWORD);
                Session session = connection.createSession();
                MessageProducer producer = session.createProducer(null)) {
            for (Map.Entry<Cell, byte[]> entry : bodies.entrySet()) {
                Refused refused = entry.getKey().refused();
                if (refused == Refused.COPY || refused == Refused.CONFLICT) {
                    String address = refused.place(entry.getKey().way());
                    BytesMessage message = session.createBytesMessage();
                    message.writeBytes(entry.getValue());
                    producer.send(session.createQueue(address), message);
                    STORED_BEFORE.put(address, 1L);
                    if (refused == Refused.CONFLICT) {
                        entry.setValue(Forgeries.withAnotherMic(entry.getValue()));
                    }
                }
            }
        }
    }

    private static void send(Map<Cell, byte[]> bodies, boolean whileTheGuardFails) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> all = new ArrayList<>();
            bodies.forEach((cell, body) -> {
                if (cell.refused().isWhileTheGuardFails() == whileTheGuardFails) {
                    all.add(threads.submit(() -> TOLD.put(cell, told(cell, body))));
                }
            });
            for (Future<?> one : all) {
                one.get(PATIENCE.toSeconds() * 4, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String told(Cell cell, byte[] body) {
        String place = cell.refused().place(cell.way());
        try {
            return cell.way()
                    .send(new SendingWay.Sending(
                            broker.port(),
                            cell.refused().user,
                            PASSWORD,
                            cell.refused().sentTo(cell.way()),
                            FREE,
                            body,
                            cell.refused() == Refused.CONTENT,
                            () -> !AUDIT.of(place).isEmpty() || newlyStored(place) > 0,
                            () -> AUDIT.reason(place) != null));
        } catch (Exception | AssertionError e) {
            return "failed: " + e;
        }
    }

    private static long newlyStored(String place) {
        return broker.management().messageCount(place) - STORED_BEFORE.getOrDefault(place, 0L);
    }

    /** Has the way out look at what only it can judge, and reads the quarantine. */
    private static void takeOut() throws JMSException {
        try (Connection connection = connect(STORE, PASSWORD);
                Session session = connection.createSession()) {
            for (SendingWay way : SendingWay.values()) {
                String place = Refused.MIC.place(way);
                try (MessageConsumer consumer = session.createConsumer(session.createQueue(place))) {
                    Await.until(PATIENCE, "an empty queue " + place, () -> newlyStored(place) == 0);
                    assertThat(consumer.receiveNoWait()).isNull();
                }
            }
        }
        try (Connection connection = connect(BrokerProcess.ADMIN, BrokerProcess.ADMIN_PASSWORD);
                Session session = connection.createSession();
                MessageConsumer consumer = session.createConsumer(session.createQueue(QUARANTINE))) {
            for (Message kept = consumer.receive(2_000); kept != null; kept = consumer.receive(500)) {
                KEPT_REASONS.put(kept.getStringProperty("DS_ORIGINAL_ADDRESS"), kept.getStringProperty("DS_REJECTION"));
            }
        }
    }

    /** What the table has to say of a cell. */
    private static String happened(Cell cell) {
        String place = cell.refused().place(cell.way());
        return TOLD.get(cell) + (KEPT_REASONS.containsKey(place) ? KEPT : "");
    }

    @Test
    void noCellIsBlankAndNothingIsMissing() throws IOException {
        assertThat(table.cells().keySet())
                .containsExactlyElementsOf(
                        Arrays.stream(SendingWay.values()).map(way -> way.label).toList());
        assertThat(table.heads())
                .containsExactlyElementsOf(
                        Arrays.stream(Refused.values()).map(Refused::head).toList());
        String document = Files.readString(DOCUMENT);
        table.cells()
                .forEach((row, cells) -> cells.forEach((head, cell) -> {
                    assertThat(cell).as(row + ", " + head).isNotBlank();
                    if (cell.startsWith(DOES_NOT_OCCUR)) {
                        Matcher why = NOT_OCCURRING.matcher(cell);
                        assertThat(why.matches())
                                .as(row + ", " + head + ": " + cell)
                                .isTrue();
                        assertThat(document).contains("\n- (" + why.group(1) + ") ");
                    }
                }));
    }

    @Test
    void everyCellIsAsTheTableSays() {
        List<String> different = new ArrayList<>();
        for (SendingWay way : SendingWay.values()) {
            for (Refused refused : Refused.values()) {
                String said = table.cell(way.label, refused.head());
                if (!said.startsWith(DOES_NOT_OCCUR) && !said.equals(happened(new Cell(way, refused)))) {
                    different.add(way.label + " | " + refused.head() + " | table: " + said + " | broker: "
                            + happened(new Cell(way, refused)));
                }
            }
        }
        assertThat(different).isEmpty();
    }

    @Test
    void nothingRefusedIsStoredAndEverythingIsAudited() {
        List<String> wrong = new ArrayList<>();
        for (Cell cell : TOLD.keySet()) {
            String place = cell.refused().place(cell.way());
            String expected = cell.refused().reason == null
                    ? "absorbed"
                    : cell.refused().reason.name();
            String audited = cell.refused().reason == null ? AUDIT.absorbed(place) : AUDIT.reason(place);
            if (!expected.equals(audited)) {
                wrong.add(place + " is in the audit log as " + audited);
            }
            if (KEPT_REASONS.containsKey(place) && !expected.equals(KEPT_REASONS.get(place))) {
                wrong.add(place + " is in quarantine for " + KEPT_REASONS.get(place));
            }
            if (newlyStored(place) != 0) {
                wrong.add(place + " has " + newlyStored(place) + " more messages");
            }
            String sentTo = cell.refused().sentTo(cell.way());
            if (!sentTo.equals(place) && broker.management().messageCount(sentTo) != 0) {
                wrong.add(sentTo + " has messages");
            }
        }
        for (String queue : broker.management().queueNames()) {
            if (queue.startsWith(RETAINED)
                    && ACCEPTED_AT_THE_DOOR.stream()
                            .noneMatch(refused -> queue.startsWith(RETAINED + refused.place("")))
                    && broker.management().messageCount(queue) != 0) {
                wrong.add(queue + " has messages");
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(attribute("QuarantineFailureCount")).isEqualTo(0L);
        assertThat(attribute("HookFailureCount"))
                .as("nothing failed but what was made to")
                .isEqualTo(TOLD.keySet().stream()
                        .filter(cell -> cell.refused().isWhileTheGuardFails())
                        .count());
    }

    private static Object attribute(String name) {
        return broker.management()
                .attribute(
                        broker.management()
                                .query("org.apache.activemq.artemis:component=dialog-security,*")
                                .iterator()
                                .next(),
                        name);
    }

    /** What the audit log has said so far, by address. */
    private static final class Audit {

        private static final Pattern ADDRESS = Pattern.compile(" address=(\\S+)");
        private static final Pattern REASON = Pattern.compile("refused reason=([A-Z_]+) ");

        private Path file;
        private long read;
        private final Map<String, List<String>> lines = new ConcurrentHashMap<>();

        private synchronized List<String> of(String address) {
            try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
                byte[] more = new byte[(int) (log.length() - read)];
                log.seek(read);
                log.readFully(more);
                int whole = more.length;
                while (whole > 0 && more[whole - 1] != '\n') {
                    whole--;
                }
                read += whole;
                new String(more, 0, whole, StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.contains("io.dialogsecurity.audit"))
                        .forEach(this::note);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return lines.getOrDefault(address, List.of());
        }

        private void note(String line) {
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                lines.computeIfAbsent(address.group(1), place -> new CopyOnWriteArrayList<>())
                        .add(line);
            }
        }

        /** Why something was refused there; null if nothing was. */
        private String reason(String address) {
            for (String line : of(address)) {
                Matcher reason = REASON.matcher(line);
                if (reason.find()) {
                    return reason.group(1);
                }
            }
            return null;
        }

        private String absorbed(String address) {
            return of(address).stream().anyMatch(line -> line.contains("absorbed ")) ? "absorbed" : null;
        }
    }
}
