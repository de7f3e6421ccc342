package io.dialogsecurity.testkit.plain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Collects what a library tells of one message. */
final class ReceivedBuilder {

    /** Properties in which brokers and libraries put what differs from run to run. */
    private static final Set<String> VARYING = Set.of(
            "__HDR_ARRIVAL",
            "__HDR_BROKER_IN_TIME",
            "__HDR_COMMAND_ID",
            "__HDR_MESSAGE_ID",
            "__HDR_PRODUCER_ID",
            "__AMQ_CID",
            "NATIVE_MESSAGE_ID",
            "_AMQ_SCHED_DELIVERY",
            "_AMQ_ORIG_MESSAGE_ID",
            "_AMQ_ACTUAL_EXPIRY",
            "message-id",
            "subscription",
            "ack",
            "timestamp");

    /** Ids that libraries make, and arrays that somebody took for texts. */
    private static final Pattern GENERATED = Pattern.compile("ID:\\S+:\\d+|\\[B@[0-9a-f]+");

    private String type;
    private Object body;
    private final TreeMap<String, Object> properties = new TreeMap<>();
    private final TreeMap<String, Object> headers = new TreeMap<>();

    ReceivedBuilder type(String name) {
        this.type = name;
        return this;
    }

    ReceivedBuilder body(Object value) {
        this.body = comparable(value);
        return this;
    }

    ReceivedBuilder property(String name, Object value) {
        properties.put(name, VARYING.contains(name) ? varying(value) : comparable(value));
        return this;
    }

    ReceivedBuilder header(String name, Object value) {
        if (value != null) {
            headers.put(name, VARYING.contains(name) ? varying(value) : comparable(value));
        }
        return this;
    }

    /** Whether something is there that differs from run to run. */
    ReceivedBuilder presence(String name, boolean there) {
        headers.put(name, there);
        return this;
    }

    Received build() {
        return new Received(type, body, properties, headers);
    }

    private static Object varying(Object value) {
        return "some " + (value == null ? "nothing" : value.getClass().getSimpleName());
    }

    private static Object comparable(Object value) {
        if (value instanceof byte[] bytes) {
            return Octets.of(bytes);
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, entry) -> copy.put(key, comparable(entry)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(entry -> copy.add(comparable(entry)));
            return copy;
        }
        if (value instanceof String text && GENERATED.matcher(text).matches()) {
            return "some id or array";
        }
        return value;
    }
}
