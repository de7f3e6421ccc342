package io.dialogsecurity.testkit;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The MBeans of a broker process of this machine and user. It is reached by attaching to the
 * process, so no port is opened and no password needed. Safe for use by several threads.
 */
public final class BrokerManagement implements AutoCloseable {

    private static final String DOMAIN = "org.apache.activemq.artemis";

    private final JMXConnector connector;
    private final MBeanServerConnection beans;
    private final String broker;

    private BrokerManagement(JMXConnector connector, String broker) throws IOException {
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
        this.broker = DOMAIN + ":broker=" + ObjectName.quote(broker);
    }

    // The address is the one the attached process of this machine just told.
    @SuppressWarnings("BanJNDI")
    static BrokerManagement attach(long pid, String broker) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                JMXServiceURL url = new JMXServiceURL(machine.startLocalManagementAgent());
                return new BrokerManagement(JMXConnectorFactory.connect(url), broker);
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IllegalStateException("process " + pid + " cannot be attached to", e);
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " cannot be attached to", e);
        }
    }

    /** The number of messages in a queue, those being delivered included; 0 for an unknown queue. */
    public long messageCount(String queue) {
        List<ObjectName> found = queues(queue);
        long count = 0;
        for (ObjectName name : found) {
            count += (Long) attribute(name, "MessageCount");
        }
        return count;
    }

    /**
     * What the broker shows of the messages in a queue, in order, without taking them: headers and
     * properties by their names, and of the body what its console would show.
     */
    public List<Map<String, Object>> browse(String queue) {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (ObjectName name : queues(queue)) {
            for (CompositeData message : (CompositeData[]) invoke(name, "browse")) {
                Map<String, Object> fields = new TreeMap<>();
                for (String key : message.getCompositeType().keySet()) {
                    fields.put(key, message.get(key));
                }
                messages.add(fields);
            }
        }
        return messages;
    }

    /** The names of all queues of the broker. */
    public Set<String> queueNames() {
        Set<String> names = new TreeSet<>();
        for (ObjectName name : query(broker + ",component=addresses,subcomponent=queues,*")) {
            names.add(ObjectName.unquote(name.getKeyProperty("queue")));
        }
        return names;
    }

    /**
     * All meters of the broker by name, tags and what is measured, such as {@code
     * artemis.message.count{address=DLQ,queue=DLQ} value}.
     *
     * @throws IllegalStateException when the broker was made without {@link
     *     BrokerProcess.Builder#metrics()}
     */
    public Map<String, Double> meters() {
        try {
            ObjectName name = new ObjectName(MeterProbe.OBJECT_NAME);
            if (!beans.isRegistered(name)) {
                throw new IllegalStateException("the broker was made without metrics()");
            }
            return JMX.newMXBeanProxy(beans, name, MeterProbeMXBean.class).getMeters();
        } catch (JMException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The MBeans whose names fit a pattern of {@link ObjectName}. */
    public Set<ObjectName> query(String pattern) {
        try {
            return new TreeSet<>(beans.queryNames(new ObjectName(pattern), null));
        } catch (JMException e) {
            throw new IllegalArgumentException(pattern, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An attribute of an MBean. */
    public Object attribute(ObjectName name, String attribute) {
        try {
            return beans.getAttribute(name, attribute);
        } catch (JMException e) {
            throw new IllegalArgumentException(name + " " + attribute, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls an operation without parameters of an MBean. */
    public Object invoke(ObjectName name, String operation) {
        return invoke(name, operation, new Object[0], new String[0]);
    }

    /** Calls an operation of an MBean; the signature holds class names. */
    public Object invoke(ObjectName name, String operation, Object[] arguments, String[] signature) {
        try {
            return beans.invoke(name, operation, arguments, signature);
        } catch (JMException e) {
            throw new IllegalStateException(name + " " + operation, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The MBean of the broker itself. */
    public ObjectName server() {
        try {
            return new ObjectName(broker);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException gone) {
            // The broker may have ended first; there is nothing left to close then.
            return;
        }
    }

    private List<ObjectName> queues(String queue) {
        return List.copyOf(
                query(broker + ",component=addresses,subcomponent=queues,queue=" + ObjectName.quote(queue) + ",*"));
    }
}
