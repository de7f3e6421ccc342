package io.dialogsecurity.integration.guard;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;

/** A broker of the real distribution with the packaged plugin and a policy. */
final class GuardedBroker implements AutoCloseable {

    static final String PLUGIN = "io.dialogsecurity.artemis.DialogSecurityPlugin";
    static final String POLICY_FILE = "dialog-security.xml";
    static final String QUARANTINE = "dialog-security.quarantine";
    static final String PASSWORD = "secret";
    static final String ANYCAST_PREFIX = "one-of:";
    static final Duration PATIENCE = Duration.ofSeconds(30);

    static final Path BROKER_JAR = Path.of(System.getProperty("dialogsecurity.broker.jar"));

    /** Speaks for order-entry. */
    static final String SALES = "sales";
    /** Speaks for shipping. */
    static final String STORE = "store";
    /** May send where sales may, and speaks for nobody. */
    static final String MALLORY = "mallory";

    final BrokerProcess process;
    final Services services;

    private GuardedBroker(BrokerProcess process, Services services) {
        this.process = process;
        this.services = services;
    }

    static BrokerProcess.Builder builder(Path directory) {
        return BrokerProcess.in(directory)
                .library(BROKER_JAR)
                .metrics()
                .acceptorParameter("anycastPrefix", ANYCAST_PREFIX)
                .coreElement("configuration-file-refresh-period", "200")
                .queue("orders")
                .queue("orders.strict")
                .queue("orders.rsa")
                .queue("replies.sales")
                .queue("legacy.old")
                .queue("free")
                .topic("events")
                .user(SALES, PASSWORD, "sellers")
                .user(STORE, PASSWORD, "fulfilment")
                .user(MALLORY, PASSWORD, "sellers")
                .allow("#", "send", "sellers", "fulfilment")
                .allow("#", "consume", "sellers", "fulfilment")
                .allow("#", "browse", "sellers", "fulfilment")
                .allow("#", "createNonDurableQueue", "sellers", "fulfilment")
                .allow("#", "deleteNonDurableQueue", "sellers", "fulfilment")
                .allow("#", "createAddress", "sellers", "fulfilment");
    }

    /** Starts a broker whose plugin is already named in its builder, or names ours. */
    static GuardedBroker start(Path directory, Services services) throws IOException {
        return start(builder(directory).plugin(PLUGIN, Map.of("config", POLICY_FILE)), services);
    }

    static GuardedBroker start(BrokerProcess.Builder builder, Services services) throws IOException {
        return start(builder, services, process -> {});
    }

    /** Changes an instance before it starts. */
    @FunctionalInterface
    interface Change {
        void apply(BrokerProcess process) throws IOException;
    }

    static GuardedBroker start(BrokerProcess.Builder builder, Services services, Change change) throws IOException {
        GuardedBroker broker = create(builder, services);
        change.apply(broker.process);
        broker.process.start();
        return broker;
    }

    /** Makes a broker that does not run yet. */
    static GuardedBroker create(BrokerProcess.Builder builder, Services services) throws IOException {
        BrokerProcess process = builder.create();
        services.writePublic(process.etcDirectory().resolve("pki"));
        Files.writeString(process.etcDirectory().resolve(POLICY_FILE), policy(""));
        return new GuardedBroker(process, services);
    }

    /** The policy, with something more about trust. */
    static String policy(String trust) {
        return """
            <dialog-security xmlns="urn:dialog-security:1">
              <trust><anchor file="pki/root.pem"/>%s</trust>
              <services>
                <service name="order-entry" certificate="pki/order-entry.pem" users="sales" roles="sellers"/>
                <service name="shipping" certificate="pki/shipping.pem" users="store"/>
                <service name="billing" certificate="pki/billing.pem" users="store" roles="accountants"/>
                <service name="retired" certificate="pki/retired.pem" users="sales"/>
              </services>
              <suites accept="1 2"/>
              <limits message-max-age="P2D" clock-skew="PT2M" max-envelope-size="1MiB"/>
              <quarantine address="dialog-security.quarantine"/>
              <addresses default="bypass">
                <address match="orders" action="apply" senders="order-entry retired" receivers="shipping"/>
                <address match="orders.strict" action="apply" senders="order-entry" gaps="refuse"/>
                <address match="orders.rsa" action="apply" suites="1"/>
                <address match="events" action="apply" senders="order-entry billing"/>
                <address match="replies.#" action="apply" senders="shipping" receivers="order-entry"/>
                <address match="legacy.#" action="drop"/>
              </addresses>
            </dialog-security>
            """.formatted(trust);
    }

    /** Replaces the policy at once, as an administrator would, and makes sure it looks newer. */
    void replacePolicy(String policy) throws IOException {
        FileTime before = Files.getLastModifiedTime(policyFile());
        long newer = Math.max(before.toMillis() + 1000, Instant.now().toEpochMilli());
        replacePolicy(policy, FileTime.fromMillis(newer));
    }

    /** Replaces the policy so that nobody notices who is not told. */
    void replacePolicyUnnoticed(String policy) throws IOException {
        replacePolicy(policy, Files.getLastModifiedTime(policyFile()));
    }

    private void replacePolicy(String policy, FileTime time) throws IOException {
        Path scratch = policyFile().resolveSibling("new-policy.xml");
        Files.writeString(scratch, policy);
        Files.setLastModifiedTime(scratch, time);
        Files.move(scratch, policyFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path policyFile() {
        return process.etcDirectory().resolve(POLICY_FILE);
    }

    RawClient client(String user) {
        return RawClient.core(process, user);
    }

    RawClient amqpClient(String user) {
        return RawClient.amqp(process, user);
    }

    long messageCount(String queue) {
        return process.management().messageCount(queue);
    }

    Map<String, Double> meters() {
        return process.management().meters();
    }

    /** A meter's value, by the start of its name with tags. */
    double meter(String start) {
        return meters().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(start))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    Object attribute(String name) {
        return process.management().attribute(bean(), name);
    }

    ObjectName bean() {
        return process.management()
                .query("org.apache.activemq.artemis:component=dialog-security,*")
                .iterator()
                .next();
    }

    /** The lines of the audit log so far. */
    List<String> audit() throws IOException {
        return Files.readAllLines(process.consoleLog()).stream()
                .filter(line -> line.contains("io.dialogsecurity.audit"))
                .toList();
    }

    /** How many lines the audit log has. */
    int refusals() throws IOException {
        return audit().size();
    }

    /** Waits for the next line of the audit log after the first {@code before}, and gives the reason it names. */
    String nextRefusal(int before) throws IOException {
        Await.until(PATIENCE, "a line in the audit log", () -> audit().size() > before);
        Matcher reason = Pattern.compile("refused reason=([A-Z_]+) ").matcher(audit().get(before));
        return reason.find() ? reason.group(1) : audit().get(before);
    }

    @Override
    public void close() {
        process.close();
    }
}
