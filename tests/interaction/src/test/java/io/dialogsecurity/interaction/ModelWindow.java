package io.dialogsecurity.interaction;

import io.dialogsecurity.state.Arrival;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What a receiver ought to say of one line of messages, written down as plainly as can be. */
final class ModelWindow {

    private final Map<Long, Long> seen = new HashMap<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private long newest;
    private long last;

    Arrival expected(Packet packet) {
        Long known = seen.get(packet.sequence());
        if (known != null) {
            if (known != packet.micPrefix()) {
                return Arrival.CONFLICT;
            }
            return acknowledged.contains(packet.sequence()) ? Arrival.DUPLICATE : Arrival.REDELIVERED;
        }
        if (last != 0 && packet.sequence() > last) {
            return Arrival.AFTER_END;
        }
        if (newest == 0 || packet.sequence() == newest + 1) {
            return Arrival.NEXT;
        }
        return packet.sequence() > newest ? Arrival.AFTER_GAP : Arrival.LATE;
    }

    void accepted(Packet packet) {
        seen.put(packet.sequence(), packet.micPrefix());
        newest = Math.max(newest, packet.sequence());
        if (packet.last() && last == 0) {
            last = packet.sequence();
        }
    }

    void acknowledged(Packet packet) {
        acknowledged.add(packet.sequence());
    }
}
