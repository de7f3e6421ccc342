package io.dialogsecurity.differential;

import io.dialogsecurity.testkit.BrokerManagement;
import io.dialogsecurity.testkit.BrokerProcess;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** One side of a lane: its broker, and connections that serve one program after the other. Not for use by several threads. */
final class Site implements AutoCloseable {

    private static final String STRING = String.class.getName();
    private static final String BOOLEAN = boolean.class.getName();

    private static final Pattern REASON = Pattern.compile("DS_REJECTION, value=(\\w+)");

    private final BrokerManagement management;
    private final Lane lane;
    private final Function<World.Role, ConnectionFactory> factories;
    private final Map<World.Role, ConnectionFactory> known = new EnumMap<>(World.Role.class);
    private final Map<String, Connection> connections = new HashMap<>();

    Site(BrokerProcess broker, Lane lane, Function<World.Role, ConnectionFactory> factories) {
        this.management = broker.management();
        this.lane = lane;
        this.factories = factories;
    }

    Lane lane() {
        return lane;
    }

    /** Where a lane's dead or expired messages go. */
    static String grave(Lane lane, String which) {
        return lane.text() + "." + which;
    }

    Connection connection(World.Role role, int number) throws JMSException {
        Connection connection = connections.get(role + " " + number);
        if (connection == null) {
            connection = known.computeIfAbsent(role, factories).createConnection();
            connection.start();
            connections.put(role + " " + number, connection);
        }
        return connection;
    }

    /** Closes a connection; the next who asks gets a new one. */
    void disconnect(World.Role role, int number) throws JMSException {
        Connection connection = connections.remove(role + " " + number);
        if (connection != null) {
            connection.close();
        }
    }

    void createQueue(String name, String settings) {
        management.invoke(
                management.server(),
                "createQueue",
                new Object[] {
                    "{\"name\":\"%s\",\"address\":\"%s\",\"routing-type\":\"ANYCAST\",\"durable\":true,\"auto-create-address\":true%s}"
                            .formatted(name, name, settings)
                },
                new String[] {STRING});
    }

    void createTopic(String name) {
        management.invoke(
                management.server(), "createAddress", new Object[] {name, "MULTICAST"}, new String[] {STRING, STRING});
    }

    void createDivert(String from, String to, boolean exclusive) {
        management.invoke(
                management.server(),
                "createDivert",
                new Object[] {from + "-divert", from + "-divert", from, to, exclusive, null, null},
                new String[] {STRING, STRING, STRING, STRING, BOOLEAN, STRING, STRING});
    }

    void removeDivert(String from) {
        management.invoke(management.server(), "destroyDivert", new Object[] {from + "-divert"}, new String[] {STRING});
    }

    /** With everything in it. */
    void removeAddress(String name) {
        management.invoke(
                management.server(), "deleteAddress", new Object[] {name, true}, new String[] {STRING, BOOLEAN});
    }

    /** Calls an operation of a queue. */
    Object administer(String queue, String operation, Object... arguments) {
        String[] signature = new String[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            signature[i] = arguments[i] instanceof Integer ? int.class.getName() : STRING;
        }
        return management.invoke(queueBean(queue), operation, arguments, signature);
    }

    /** Of all queues of an address, what is being delivered or delayed included. */
    long messageCount(String address) {
        return (Long) management.attribute(bean(",address=" + ObjectName.quote(address)), "MessageCount");
    }

    /** Of a queue, what is to be delivered later. */
    long scheduledCount(String queue) {
        return (Long) management.attribute(queueBean(queue), "ScheduledCount");
    }

    /** Why messages of the lane are in quarantine, at its clients' and at the guard's; empties the clients'. */
    Map<String, Integer> quarantined() {
        Map<String, Integer> reasons = new TreeMap<>();
        for (String queue : List.of(World.quarantine(lane), World.QUARANTINE)) {
            for (Map<String, Object> message : management.browse(queue)) {
                String all = message.toString();
                Matcher reason = REASON.matcher(all);
                if (reason.find() && all.contains(lane.text() + ".")) {
                    reasons.merge(queue + " " + reason.group(1), 1, Integer::sum);
                }
            }
        }
        administer(World.quarantine(lane), "removeAllMessages");
        return reasons;
    }

    private ObjectName queueBean(String queue) {
        String name = ObjectName.quote(queue);
        return bean(",address=" + name + ",subcomponent=queues,routing-type=\"anycast\",queue=" + name);
    }

    private ObjectName bean(String keys) {
        try {
            return new ObjectName(management.server() + ",component=addresses" + keys);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(keys, e);
        }
    }

    @Override
    public void close() throws JMSException {
        for (Connection connection : connections.values()) {
            connection.close();
        }
        connections.clear();
    }
}
