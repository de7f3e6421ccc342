package io.dialogsecurity.testkit;

import java.util.Map;

/** What {@link MeterProbe} shows through JMX. */
public interface MeterProbeMXBean {

    /**
     * The value of every meter, by its name, its tags in braces, and what is measured, such as {@code
     * artemis.message.count{address=DLQ,queue=DLQ} value}.
     */
    Map<String, Double> getMeters();
}
