package io.dialogsecurity.demo;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.testkit.BrokerManagement;
import java.util.EnumMap;
import java.util.Map;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;

/** What the guard tells of itself in the broker's JMX tree. */
final class GuardWatch {

    private final BrokerManagement management;
    private final ObjectName guard;

    GuardWatch(BrokerManagement management) {
        this.management = management;
        try {
            this.guard = new ObjectName(management.server() + ",component=dialog-security");
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    long accepted() {
        return (Long) management.attribute(guard, "AcceptedCount");
    }

    long verifications() {
        return (Long) management.attribute(guard, "VerificationCount");
    }

    long refused() {
        return (Long) management.attribute(guard, "RefusedCount");
    }

    /** Messages refused so far. */
    Map<Rejection, Long> refusals() {
        Map<Rejection, Long> refusals = new EnumMap<>(Rejection.class);
        TabularData table = (TabularData) management.attribute(guard, "RefusedByReason");
        for (Object row : table.values()) {
            CompositeData entry = (CompositeData) row;
            refusals.put(Rejection.valueOf((String) entry.get("key")), (Long) entry.get("value"));
        }
        return refusals;
    }

    /** Why the one message was refused that has been refused since. */
    String reasonSince(Map<Rejection, Long> before) {
        StringBuilder reasons = new StringBuilder();
        refusals().forEach((reason, count) -> {
            if (count > before.getOrDefault(reason, 0L)) {
                reasons.append(reasons.isEmpty() ? "" : " ").append(reason);
            }
        });
        return reasons.toString();
    }
}
