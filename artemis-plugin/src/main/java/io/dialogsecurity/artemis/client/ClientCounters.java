package io.dialogsecurity.artemis.client;

import io.dialogsecurity.dialog.Rejection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a client endpoint has done. Thread-safe. */
public final class ClientCounters {

    final LongAdder sealed = new LongAdder();
    final LongAdder sentUnsealed = new LongAdder();
    final LongAdder opened = new LongAdder();
    final LongAdder leftAlone = new LongAdder();
    final LongAdder toleratedPlaintext = new LongAdder();
    final LongAdder duplicates = new LongAdder();
    final LongAdder forks = new LongAdder();
    final LongAdder quarantined = new LongAdder();
    final LongAdder quarantineFailures = new LongAdder();
    private final Map<Rejection, LongAdder> refusedIncoming = adders();
    private final Map<Rejection, LongAdder> refusedOutgoing = adders();

    ClientCounters() {}

    /**
     * The counters at one moment, each since the endpoint was made.
     *
     * @param sealed messages sealed
     * @param sentUnsealed messages policy let pass unsealed
     * @param opened messages opened for the application, redeliveries included
     * @param leftAlone messages received and left as they were, by policy
     * @param toleratedPlaintext messages received unsealed where they should be sealed, and tolerated for the time being
     * @param duplicates copies removed
     * @param forks times a message had the number of another one, refused or flagged
     * @param quarantined refused messages put into the quarantine
     * @param quarantineFailures refused messages that could not be put there, and so stayed where they were
     * @param refusedIncoming messages refused on receipt, by reason; reasons without any are not in it
     * @param refusedOutgoing messages refused to their sender, by reason
     */
    public record Snapshot(
            long sealed,
            long sentUnsealed,
            long opened,
            long leftAlone,
            long toleratedPlaintext,
            long duplicates,
            long forks,
            long quarantined,
            long quarantineFailures,
            Map<Rejection, Long> refusedIncoming,
            Map<Rejection, Long> refusedOutgoing) {}

    /** The counters now. */
    public Snapshot snapshot() {
        return new Snapshot(
                sealed.sum(),
                sentUnsealed.sum(),
                opened.sum(),
                leftAlone.sum(),
                toleratedPlaintext.sum(),
                duplicates.sum(),
                forks.sum(),
                quarantined.sum(),
                quarantineFailures.sum(),
                sums(refusedIncoming),
                sums(refusedOutgoing));
    }

    void countRefusedIncoming(Rejection reason) {
        refusedIncoming.get(reason).increment();
    }

    void countRefusedOutgoing(Rejection reason) {
        refusedOutgoing.get(reason).increment();
    }

    private static Map<Rejection, LongAdder> adders() {
        Map<Rejection, LongAdder> adders = new EnumMap<>(Rejection.class);
        for (Rejection reason : Rejection.values()) {
            adders.put(reason, new LongAdder());
        }
        return adders;
    }

    private static Map<Rejection, Long> sums(Map<Rejection, LongAdder> adders) {
        Map<Rejection, Long> sums = new EnumMap<>(Rejection.class);
        adders.forEach((reason, adder) -> {
            if (adder.sum() != 0) {
                sums.put(reason, adder.sum());
            }
        });
        return sums;
    }
}
