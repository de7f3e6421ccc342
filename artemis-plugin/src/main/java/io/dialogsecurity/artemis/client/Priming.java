package io.dialogsecurity.artemis.client;

import io.dialogsecurity.cache.CaffeineCaches;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.wire.Authenticity;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a fresh process does beside its start-up, so that its first messages are not its slowest: makes the key exchange
 * keys of the pairs policy names, and runs the cipher until the virtual machine has compiled it. The latter is done once
 * per process, in an endpoint of its own whose counters and dialogs nobody sees.
 */
final class Priming {

    /** Set to {@code false} to do without. */
    static final String PROPERTY = "dialogsecurity.priming";

    private static final Logger LOG = LoggerFactory.getLogger(Priming.class);

    private static final int SMALL_MESSAGES = 3_000;
    private static final int SMALL_BYTES = 1_024;
    private static final int LARGE_MESSAGES = 150;
    private static final int LARGE_BYTES = 80 * 1_024;

    private static final AtomicBoolean CIPHER_PRIMED = new AtomicBoolean();

    private Priming() {}

    static void start(ClientEndpoint endpoint) {
        if (!Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))) {
            return;
        }
        Thread thread = new Thread(() -> run(endpoint), "dialog-security-priming");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(ClientEndpoint endpoint) {
        Generation generation = endpoint.generation();
        for (AddressPolicy rule : generation.policy.addresses()) {
            boolean ours = generation.names().stream().anyMatch(rule::maySend);
            if (rule.action() == Action.APPLY && ours && !rule.receivers().isEmpty()) {
                primePair(generation, rule);
            }
        }
        if (CIPHER_PRIMED.compareAndSet(false, true)) {
            generation.speakers().stream()
                    .findFirst()
                    .ifPresent(speaker -> primeCipher(generation, speaker.identity()));
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

    private static void primeCipher(Generation generation, ServiceIdentity identity) {
        Suite suite = identity.certificate().suites().iterator().next();
        try (DialogEndpoint endpoint = DialogEndpoint.builder(identity, Generation.trust(generation.policy))
                        .policy(EndpointPolicy.of(generation.policy))
                        .caches(CaffeineCaches.withDefaults())
                        .build();
                DialogSealer sealer = endpoint.begin(Set.of(identity.serviceName()), Authenticity.SIGNED, suite)) {
            prime(endpoint, sealer, SMALL_MESSAGES, SMALL_BYTES);
            prime(endpoint, sealer, LARGE_MESSAGES, LARGE_BYTES);
        } catch (RuntimeException e) {
            LOG.debug("The cipher could not be primed: {}", e.getMessage());
        }
    }

    private static void prime(DialogEndpoint endpoint, DialogSealer sealer, int messages, int bytes) {
        MessageContent content = MessageContent.bytes(new byte[bytes]).with("", Map.of("primed", true));
        for (int i = 0; i < messages; i++) {
            endpoint.open(sealer.seal(content, "priming"), Reception.at("priming"));
        }
    }
}
