package io.dialogsecurity.load;

import io.dialogsecurity.testkit.BrokerManagement;
import io.dialogsecurity.testkit.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/** What can be seen of the broker from outside while it runs. Not for use by several threads. */
final class Watch {

    private static final String DIAGNOSTICS = "com.sun.management:type=DiagnosticCommand";

    private final BrokerProcess broker;
    private final ObjectName plugin;

    Watch(BrokerProcess broker) {
        this.broker = broker;
        this.plugin = management()
                .query("org.apache.activemq.artemis:component=dialog-security,*")
                .iterator()
                .next();
    }

    private BrokerManagement management() {
        return broker.management();
    }

    private static ObjectName name(String text) {
        try {
            return new ObjectName(text);
        } catch (JMException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** A number the plugin shows. */
    long number(String attribute) {
        return (Long) management().attribute(plugin, attribute);
    }

    /** A text the plugin shows. */
    String text(String attribute) {
        return (String) management().attribute(plugin, attribute);
    }

    /** Numbers the plugin shows under one name. */
    Map<String, Long> numbers(String attribute) {
        Map<String, Long> numbers = new TreeMap<>();
        for (Object row : ((TabularData) management().attribute(plugin, attribute)).values()) {
            CompositeData entry = (CompositeData) row;
            numbers.put((String) entry.get("key"), (Long) entry.get("value"));
        }
        return numbers;
    }

    /** The queues of the audiences, subscriptions that last included, in which there are messages, a line each. */
    List<String> waiting(List<Place> places) {
        List<String> waiting = new ArrayList<>();
        for (ObjectName bean :
                management().query(management().server() + ",component=addresses,subcomponent=queues,*")) {
            String queue = ObjectName.unquote(bean.getKeyProperty("queue"));
            boolean watched = places.stream()
                    .anyMatch(place -> place.subscriber() == null
                            ? queue.equals(place.audience().queue())
                            : queue.equals(place.subscriber()) || queue.startsWith(place.subscriber() + "."));
            long messages = watched ? (Long) management().attribute(bean, "MessageCount") : 0;
            if (messages > 0) {
                waiting.add(queue + " has " + messages + ", under way "
                        + management().attribute(bean, "DeliveringCount") + ", consumers "
                        + management().attribute(bean, "ConsumerCount"));
            }
        }
        return waiting;
    }

    /** Bytes in use on the heap, garbage taken away. */
    long heapBytes() {
        management().invoke(name("java.lang:type=Memory"), "gc");
        return (Long)
                ((CompositeData) management().attribute(name("java.lang:type=Memory"), "HeapMemoryUsage")).get("used");
    }

    int threads() {
        return (Integer) management().attribute(name("java.lang:type=Threading"), "ThreadCount");
    }

    /** Whether threads of the broker wait for each other in a circle. */
    boolean isDeadlocked() {
        return management().invoke(name("java.lang:type=Threading"), "findDeadlockedThreads") != null;
    }

    /** What all threads of the broker are doing, to be looked at by somebody. */
    void dumpThreads(Path file) throws IOException {
        diagnose("threadPrint", file);
    }

    /** What is on the heap, by class. */
    void dumpHistogram(Path file) throws IOException {
        diagnose("gcClassHistogram", file);
    }

    private void diagnose(String command, Path file) throws IOException {
        Files.writeString(file, (String) management()
                .invoke(name(DIAGNOSTICS), command, new Object[] {new String[0]}, new String[] {String[].class.getName()
                }));
    }

    /**
     * Lines of the broker's log that must not be there: errors of the plugin, and of the broker that one of its critical parts
     * does not answer. What it says of connections that are gone in the middle of something is to be expected.
     */
    List<String> complaints() throws IOException {
        return Files.readAllLines(broker.consoleLog()).stream()
                .filter(line -> line.contains(" ERROR [io.dialogsecurity")
                        || line.contains("AMQ224107")
                        || line.contains("AMQ224079"))
                .toList();
    }
}
