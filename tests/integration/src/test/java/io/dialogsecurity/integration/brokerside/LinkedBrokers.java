package io.dialogsecurity.integration.brokerside;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.BrokerManagement;
import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.plain.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;

/**
 * What brokers that hand messages to each other have in common: users, services with certificates of two authorities, and
 * a policy. Services order-entry and shipping are of one company, billing is of another one.
 */
final class LinkedBrokers {

    /** Speaks for order-entry. */
    static final String SALES = "sales";
    /** Reads what is sealed to shipping and to billing. */
    static final String STORE = "store";
    /** Speaks and reads for nobody, and may all the same send to and consume from every address. */
    static final String MALLORY = "mallory";
    /** As whom brokers log in at each other. */
    static final String BRIDGE = "bridge";

    static final String PASSWORD = "secret";
    static final String QUARANTINE = "dialog-security.quarantine";
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String PLUGIN = "io.dialogsecurity.artemis.DialogSecurityPlugin";
    private static final String POLICY_FILE = "dialog-security.xml";
    private static final List<String> PERMISSIONS = List.of(
            "send",
            "consume",
            "browse",
            "createAddress",
            "deleteAddress",
            "createDurableQueue",
            "deleteDurableQueue",
            "createNonDurableQueue",
            "deleteNonDurableQueue");

    private final CertificateAuthority ours = authority("Our Root");
    private final CertificateAuthority theirs = authority("Their Root");
    private final Map<String, IssuedIdentity> identities = new LinkedHashMap<>();

    LinkedBrokers() {
        identities.put("order-entry", issue(ours, "order-entry"));
        identities.put("shipping", issue(ours, "shipping"));
        identities.put("billing", issue(theirs, "billing"));
    }

    private static CertificateAuthority authority(String name) {
        Instant now = Instant.now();
        return CertificateAuthority.root(name, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(365)));
    }

    private static IssuedIdentity issue(CertificateAuthority authority, String service) {
        Instant now = Instant.now();
        return authority.issue(
                new ServiceName(service), Suite.SUITE_2, now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(30)));
    }

    /** Describes a broker; its policy is still to be {@linkplain #writePolicy written}. */
    static BrokerProcess.Builder builder(Path directory) {
        return guarded(BrokerProcess.in(directory));
    }

    static BrokerProcess.Builder guarded(BrokerProcess.Builder builder) {
        builder.library(Path.of(System.getProperty("dialogsecurity.broker.jar")))
                .plugin(PLUGIN, Map.of("config", POLICY_FILE));
        for (String user : List.of(SALES, STORE, MALLORY, BRIDGE)) {
            builder.user(user, PASSWORD, "staff");
        }
        PERMISSIONS.forEach(permission -> builder.allow("#", permission, "staff"));
        return builder;
    }

    /**
     * Writes a broker's policy, the public part of all services and the keys of some.
     *
     * @param addresses elements of the policy
     * @param services whose keys it holds
     */
    void writePolicy(BrokerProcess broker, String addresses, String... services) throws IOException {
        Path etc = broker.etcDirectory();
        Path pki = Files.createDirectories(etc.resolve("pki"));
        ours.writeCertificate(pki.resolve("our-root.pem"));
        theirs.writeCertificate(pki.resolve("their-root.pem"));
        for (Map.Entry<String, IssuedIdentity> entry : identities.entrySet()) {
            entry.getValue().writeCertificate(pki.resolve(entry.getKey() + ".pem"));
        }
        StringBuilder keys = new StringBuilder();
        for (String service : services) {
            identities.get(service).writePem(pki.resolve(service + ".key.pem"));
            keys.append("<identity service=\"%s\" key-store=\"pki/%s.key.pem\"/>".formatted(service, service));
        }
        Files.writeString(etc.resolve(POLICY_FILE), """
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust><anchor file="pki/our-root.pem"/><anchor file="pki/their-root.pem"/></trust>
                  %s
                  <services>
                    <service name="order-entry" certificate="pki/order-entry.pem" users="sales bridge"/>
                    <service name="shipping" certificate="pki/shipping.pem" users="store"/>
                    <service name="billing" certificate="pki/billing.pem" users="store"/>
                  </services>
                  <quarantine address="dialog-security.quarantine"/>
                  <addresses default="bypass" brokers="bridge">
                  %s
                  </addresses>
                </dialog-security>
                """.formatted(keys, addresses));
    }

    static Login login(BrokerProcess broker, String user) {
        return Login.to(broker, user, PASSWORD);
    }

    /** What a broker's guard says of itself. */
    static long guard(BrokerProcess broker, String attribute) {
        BrokerManagement management = broker.management();
        ObjectName bean = management
                .query(management.server() + ",component=dialog-security")
                .iterator()
                .next();
        return (Long) management.attribute(bean, attribute);
    }

    /** Waits until an address has queues, of whatever name. */
    static void awaitQueues(BrokerProcess broker, String address, int atLeast) {
        BrokerManagement management = broker.management();
        Await.until(
                PATIENCE,
                atLeast + " queues at " + address,
                () -> management
                                .query(management.server() + ",component=addresses,address=" + ObjectName.quote(address)
                                        + ",subcomponent=queues,*")
                                .size()
                        >= atLeast);
    }

    static void awaitCount(BrokerProcess broker, String queue, long messages) {
        BrokerManagement management = broker.management();
        Await.until(
                PATIENCE,
                () -> messages + " messages in " + queue + ", where there are " + management.messageCount(queue),
                () -> management.messageCount(queue) == messages);
    }
}
