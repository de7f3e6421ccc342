package io.dialogsecurity.integration.brokerside;

import static io.dialogsecurity.integration.brokerside.LinkedBrokers.BRIDGE;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.PASSWORD;
import static io.dialogsecurity.integration.brokerside.LinkedBrokers.SALES;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.testkit.BrokerProcess;
import io.dialogsecurity.testkit.FreePort;
import io.dialogsecurity.testkit.PlaintextSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A broker that seals and opens at {@code sensors.#} and wants what is at {@code events.#} sealed, with prefixes and a divert from
 * {@code free}; and another one without the plugin, from which it fetches over AMQP federation.
 */
final class WaysInWorld implements AutoCloseable {

    final BrokerProcess broker;
    final BrokerProcess remote;

    private WaysInWorld(BrokerProcess broker, BrokerProcess remote) {
        this.broker = broker;
        this.remote = remote;
    }

    static WaysInWorld start(Path directory) throws IOException {
        int port = FreePort.choose();
        BrokerProcess.Builder plain =
                BrokerProcess.in(directory.resolve("remote")).port(port);
        for (String user : List.of(SALES, BRIDGE)) {
            plain.user(user, PASSWORD, "staff");
        }
        for (String permission : List.of(
                "send",
                "consume",
                "createAddress",
                "createDurableQueue",
                "createNonDurableQueue",
                "deleteNonDurableQueue")) {
            plain.allow("#", permission, "staff");
        }
        BrokerProcess remote =
                plain.topic("events.wild.one").topic("events.filtered").start();
        LinkedBrokers brokers = new LinkedBrokers();
        BrokerProcess broker = LinkedBrokers.builder(directory.resolve("broker"))
                .acceptorParameter("anycastPrefix", "one-of:,one-of:queue:")
                .acceptorParameter("multicastPrefix", "all-of:")
                .topic("sensors.t1")
                .topic("sensors.in")
                .topic("events.filtered")
                .topic("free")
                .divert("free", "sensors.in")
                .coreElements("""
                <broker-connections>
                  <amqp-connection uri="tcp://127.0.0.1:%d" name="in" user="%s" password="%s" retry-interval="200">
                    <federation>
                      <local-address-policy name="wild">
                        <include address-match="events.wild.#"/>
                      </local-address-policy>
                      <local-address-policy name="filtered">
                        <include address-match="events.filtered"/>
                        <property key="ignoreAddressBindingFilters" value="false"/>
                      </local-address-policy>
                    </federation>
                  </amqp-connection>
                </broker-connections>
                """.formatted(port, BRIDGE, PASSWORD))
                .create();
        brokers.writePolicy(broker, """
                <address match="sensors.#" action="apply" senders="order-entry" receivers="shipping">
                  <seal service="order-entry" users="sales"/>
                  <open service="shipping"/>
                </address>
                <address match="events.#" action="apply" senders="order-entry" receivers="shipping"/>
                """, "order-entry", "shipping");
        broker.start();
        return new WaysInWorld(broker, remote);
    }

    /** Stops the broker that protects, and looks for texts in what it has stored. */
    void stopAndSearch(List<String> markers) throws IOException {
        broker.stop();
        assertThat(PlaintextSearch.forMarkers(markers).in(broker.dataDirectory()))
                .isEmpty();
    }

    @Override
    public void close() {
        try (remote) {
            broker.close();
        }
    }
}
