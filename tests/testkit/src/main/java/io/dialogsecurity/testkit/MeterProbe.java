package io.dialogsecurity.testkit;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.activemq.artemis.core.server.metrics.ActiveMQMetricsPlugin;

/**
 * A metrics plugin that runs in the broker and shows every meter of its registry as an MBean, so
 * that a test can read them from outside. {@link BrokerProcess.Builder#metrics()} installs it.
 */
public final class MeterProbe implements ActiveMQMetricsPlugin, MeterProbeMXBean {

    private static final long serialVersionUID = 1L;

    /** The name of the MBean. */
    static final String OBJECT_NAME = "io.dialogsecurity.testkit:type=MeterProbe";

    private final transient MeterRegistry registry = new SimpleMeterRegistry();

    @Override
    public ActiveMQMetricsPlugin init(Map<String, String> options) {
        try {
            ObjectName name = new ObjectName(OBJECT_NAME);
            MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
            // A broker that reads its configuration again makes another probe, and goes on with the first.
            if (!beans.isRegistered(name)) {
                beans.registerMBean(this, name);
            }
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    @Override
    public MeterRegistry getRegistry() {
        return registry;
    }

    @Override
    public Map<String, Double> getMeters() {
        Map<String, Double> values = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            StringJoiner tags = new StringJoiner(",", "{", "}");
            for (Tag tag : meter.getId().getTags()) {
                if (!tag.getKey().equals("broker")) {
                    tags.add(tag.getKey() + "=" + tag.getValue());
                }
            }
            for (Measurement measurement : meter.measure()) {
                values.put(
                        meter.getId().getName()
                                + tags
                                + " "
                                + measurement.getStatistic().name().toLowerCase(Locale.ROOT),
                        measurement.getValue());
            }
        }
        return values;
    }
}
