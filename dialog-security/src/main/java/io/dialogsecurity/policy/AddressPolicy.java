package io.dialogsecurity.policy;

import io.dialogsecurity.id.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is done on the addresses that match. All but the first two, {@link BrokerSide#outgoing} and {@code dryRun} say
 * something only for {@link Action#APPLY}.
 *
 * @param match the address, or words with wildcards; empty for what is done where nothing else matches
 * @param action what is done with messages on their way in, and by client endpoints
 * @param senders the services that may send; empty for all that are known
 * @param receivers the services to seal to; empty if the sender has to say
 * @param gaps what a missing sequence number means
 * @param replays what a message means that was acknowledged before
 * @param messageMaxAge how long after it was sealed for this address a message may arrive
 * @param forks what a sequence number means that was used twice
 * @param authenticity how a message to several receivers is authenticated
 * @param suites the suites good enough for this address
 * @param clearProperties names of application properties that also stay readable, for selectors
 * @param brokerSide what the broker seals and opens itself
 * @param plaintextUntil until when unsealed messages are tolerated
 * @param dryRun whether the guard only reports what it would refuse; client endpoints take no notice of it
 */
public record AddressPolicy(
        String match,
        Action action,
        Set<ServiceName> senders,
        List<ServiceName> receivers,
        Gaps gaps,
        Replays replays,
        Duration messageMaxAge,
        Forks forks,
        AuthenticityPolicy authenticity,
        SuitePolicy suites,
        Set<String> clearProperties,
        BrokerSide brokerSide,
        Optional<Instant> plaintextUntil,
        boolean dryRun) {
    /** Copies. */
    public AddressPolicy {
        senders = Collections.unmodifiableSet(new LinkedHashSet<>(senders));
        receivers = List.copyOf(receivers);
        clearProperties = Collections.unmodifiableSet(new LinkedHashSet<>(clearProperties));
    }

    static AddressPolicy plain(
            String match, Action action, SuitePolicy suites, Duration messageMaxAge, boolean dryRun) {
        return new AddressPolicy(
                match,
                action,
                Set.of(),
                List.of(),
                Gaps.ALLOW,
                Replays.REFUSE,
                messageMaxAge,
                Forks.REFUSE,
                AuthenticityPolicy.SIGNED,
                suites,
                Set.of(),
                BrokerSide.NONE,
                Optional.empty(),
                dryRun);
    }

    /** Whether the service may send here, as far as this policy says. */
    public boolean maySend(ServiceName service) {
        return senders.isEmpty() || senders.contains(service);
    }

    /** Whether an unsealed message is tolerated at this time. */
    public boolean toleratesPlaintext(Instant at) {
        return plaintextUntil.isPresent() && at.isBefore(plaintextUntil.get());
    }
}
