package io.dialogsecurity.artemis.speaker;

import io.dialogsecurity.cache.Priming;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a fresh process does beside its start-up, so that its first messages are not its slowest: it makes the key
 * exchange keys of the pairs policy names, and lets the cipher be compiled, which is done once per process.
 */
public final class PairPriming {

    /** Set to {@code false} to do without. */
    public static final String PROPERTY = "dialogsecurity.priming";

    private static final Logger LOG = LoggerFactory.getLogger(PairPriming.class);

    private static final AtomicBoolean CIPHER_PRIMED = new AtomicBoolean();

    private PairPriming() {}

    /** Begins in threads of its own, and returns at once. Does nothing where nobody is spoken for. */
    public static void start(Generation generation) {
        if (!Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))
                || generation.speakers().isEmpty()) {
            return;
        }
        Thread thread = new Thread(() -> primePairs(generation), "dialog-security-pairs");
        thread.setDaemon(true);
        thread.start();
        if (CIPHER_PRIMED.compareAndSet(false, true)) {
            Set<Suite> suites = EnumSet.noneOf(Suite.class);
            generation
                    .speakers()
                    .forEach(speaker ->
                            suites.addAll(speaker.identity().certificate().suites()));
            Priming.start(suites).done().whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.debug("The cipher could not be primed", failure);
                }
            });
        }
    }

    private static void primePairs(Generation generation) {
        for (AddressPolicy rule : generation.policy().addresses()) {
            boolean ours = generation.names().stream().anyMatch(rule::maySend);
            if (rule.action() == Action.APPLY && ours && !rule.receivers().isEmpty()) {
                primePair(generation, rule);
            }
        }
    }

    private static void primePair(Generation generation, AddressPolicy rule) {
        try {
            generation
                    .begin(rule, rule.match(), null, new LinkedHashSet<>(rule.receivers()))
                    .close();
        } catch (RuntimeException e) {
            // Whoever sends there is told.
            LOG.debug("The pair of '{}' could not be primed: {}", rule.match(), e.getMessage());
        }
    }
}
