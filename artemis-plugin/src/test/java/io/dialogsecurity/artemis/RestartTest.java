package io.dialogsecurity.artemis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that stops and becomes active again in one JVM registers the same plugin once more. */
class RestartTest {

    private static final Instant NOW = Instant.now();

    @TempDir
    Path directory;

    @Test
    void guardsAgainAfterItBecameActiveAgain() throws Exception {
        DialogSecurityPlugin plugin = new DialogSecurityPlugin();
        plugin.init(Map.of("config", writePolicy().toString()));
        MBeanServer beans = MBeanServerFactory.newMBeanServer();
        ActiveMQServer server = server(beans);
        server.getConfiguration().registerBrokerPlugin(plugin);
        ObjectName bean = new ObjectName("org.apache.activemq.artemis:broker=\"embedded\",component=dialog-security");
        for (long life = 1; life <= 3; life++) {
            server.start();
            try {
                assertThat(server.waitForActivation(30, TimeUnit.SECONDS)).isTrue();
                createQueueOnce(server);
                refusesPlaintext();
                assertThat(server.getRemotingService().getIncomingInterceptors())
                        .hasSize(1);
                assertThat(beans.getAttribute(bean, "RefusedCount")).isEqualTo(life);
                assertThat(beans.getAttribute(bean, "StateOpen")).isEqualTo(true);
            } finally {
                server.stop();
            }
            // Another broker on the same files may become active now.
            assertThat(beans.getAttribute(bean, "StateOpen")).isEqualTo(false);
        }
        plugin.unregistered(server);
        assertThat(beans.isRegistered(bean)).isFalse();
    }

    @Test
    void aBrokerWithAWrongPolicyDoesNotStart() throws Exception {
        DialogSecurityPlugin plugin = new DialogSecurityPlugin();
        plugin.init(Map.of("config", directory.resolve("nowhere.xml").toString()));
        ActiveMQServer server = server(MBeanServerFactory.newMBeanServer());
        assertThatThrownBy(() -> plugin.registered(server))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nowhere.xml")
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> plugin.beforeSend(null, null, null, false, false))
                .isInstanceOf(ActiveMQSecurityException.class);
        assertThatCode(() -> plugin.unregistered(server)).doesNotThrowAnyException();
    }

    private static void refusesPlaintext() throws Exception {
        try (ServerLocator locator = ActiveMQClient.createServerLocator("vm://0");
                ClientSessionFactory factory = locator.createSessionFactory();
                ClientSession session = factory.createSession("sales", "pw", false, true, true, false, 0);
                ClientProducer producer = session.createProducer("orders")) {
            assertThatThrownBy(() -> producer.send(session.createMessage(true)))
                    .isInstanceOf(ActiveMQSecurityException.class);
        }
    }

    private static void createQueueOnce(ActiveMQServer server) throws Exception {
        if (server.locateQueue("orders") == null) {
            server.createQueue(QueueConfiguration.of("orders").setRoutingType(RoutingType.ANYCAST));
        }
    }

    private ActiveMQServer server(MBeanServer beans) throws Exception {
        Configuration configuration = new ConfigurationImpl()
                .setName("embedded")
                .setJournalType(JournalType.NIO)
                .setJournalFileSize(64 * 1024)
                .setJournalDirectory(directory.resolve("data/journal").toString())
                .setBindingsDirectory(directory.resolve("data/bindings").toString())
                .setPagingDirectory(directory.resolve("data/paging").toString())
                .setLargeMessagesDirectory(
                        directory.resolve("data/large-messages").toString())
                .setSecurityEnabled(true)
                .setJMXManagementEnabled(true)
                .addAcceptorConfiguration("vm", "vm://0");
        configuration.putSecurityRoles("#", new HashSet<>(Set.of(role())));
        SecurityConfiguration users = new SecurityConfiguration();
        users.addUser("sales", "pw");
        users.addRole("sales", "all");
        return new ActiveMQServerImpl(
                configuration, beans, new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), users));
    }

    private static Role role() {
        return new Role("all", true, true, true, true, true, true, true, true, true, true, true, true);
    }

    private Path writePolicy() throws Exception {
        CertificateAuthority authority = CertificateAuthority.root("Root", NOW, NOW.plus(Duration.ofDays(100)));
        authority.writeCertificate(directory.resolve("root.pem"));
        authority
                .issue(new ServiceName("sales"), Suite.SUITE_2, NOW, NOW.plus(Duration.ofDays(90)))
                .writeCertificate(directory.resolve("sales.pem"));
        return Files.writeString(directory.resolve("dialog-security.xml"), """
                <dialog-security xmlns="urn:dialog-security:1">
                  <trust><anchor file="root.pem"/></trust>
                  <services><service name="sales" certificate="sales.pem"/></services>
                  <addresses><address match="orders" action="apply"/></addresses>
                </dialog-security>
                """);
    }
}
