package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.BrokerProcess;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Makes the brokers of the run, alike but for the plugin: users, addresses and who may send and consume where. */
final class Brokers {

    private static final String PLUGIN = "io.dialogsecurity.artemis.DialogSecurityPlugin";
    private static final List<String> SUBSCRIPTION =
            List.of("createDurableQueue", "deleteDurableQueue", "createNonDurableQueue", "deleteNonDurableQueue");

    private Brokers() {}

    /** With the plugin. */
    static BrokerProcess sealed(Plan plan, Path pluginJar, Path configuration) {
        return alike(plan, Side.SEALED)
                .library(pluginJar)
                .plugin(PLUGIN, Map.of("config", configuration.toString()))
                .create();
    }

    /** Without. */
    static BrokerProcess unsealed(Plan plan) {
        return alike(plan, Side.UNSEALED).create();
    }

    private static BrokerProcess.Builder alike(Plan plan, Side side) {
        BrokerProcess.Builder broker =
                BrokerProcess.in(plan.brokerDirectory(side)).port(plan.port(side));
        Set<String> everybody = new TreeSet<>(List.of(Pki.MALLORY, Pki.DISMISSED));
        for (Service service : Service.values()) {
            everybody.add(service.title());
        }
        everybody.forEach(user -> broker.user(user, Plan.password(user), user));
        Map<String, List<Service>> senders = new LinkedHashMap<>();
        Map<String, List<Service>> receivers = new LinkedHashMap<>();
        for (Lane lane : Lane.values()) {
            senders.put(lane.address(), List.of(lane.from()));
            receivers.put(lane.address(), lane.to());
            if (lane.shape() == Lane.Shape.TOPIC) {
                broker.topic(lane.address());
            } else {
                broker.queue(lane.address());
            }
            if (lane.shape() == Lane.Shape.REQUEST_REPLY) {
                broker.queue(lane.replyAddress());
                senders.put(lane.replyAddress(), lane.to());
                receivers.put(lane.replyAddress(), List.of(lane.from()));
            }
        }
        senders.forEach((address, services) -> {
            allow(broker, address, "send", services);
            // Mallory is inside: the broker lets her send everywhere, so that the guard alone is in her way.
            broker.allow(address, "send", Pki.MALLORY, Pki.DISMISSED);
            allow(broker, address, "consume", receivers.get(address));
            allow(broker, address, "browse", receivers.get(address));
        });
        for (Lane lane : Lane.values()) {
            if (lane.shape() == Lane.Shape.TOPIC) {
                SUBSCRIPTION.forEach(permission -> allow(broker, lane.address(), permission, lane.to()));
            }
        }
        broker.queue(Configuration.QUARANTINE);
        broker.allow(Configuration.QUARANTINE, "send", everybody.toArray(String[]::new));
        return broker;
    }

    private static void allow(BrokerProcess.Builder broker, String address, String permission, List<Service> services) {
        broker.allow(address, permission, services.stream().map(Service::title).toArray(String[]::new));
    }
}
