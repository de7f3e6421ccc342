package io.dialogsecurity.demo;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.testkit.BrokerManagement;
import java.util.EnumMap;
import java.util.Map;

/** What the guard tells of itself in the broker's JMX tree. */
final class GuardWatch {

    private final BrokerManagement management;

    GuardWatch(BrokerManagement management) {
        this.management = management;
    }

    /** Messages refused so far. */
    Map<Rejection, Long> refusals() {
        Map<Rejection, Long> refusals = new EnumMap<>(Rejection.class);
        return refusals;
    }

    /** Why the one message was refused that has been refused since. */
    String reasonSince(Map<Rejection, Long> before) {
        return management.toString() + before;
    }
}
