package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.EnvelopeGuard;
import io.dialogsecurity.dialog.GuardOutcome;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.VerifiedEnvelope;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.ClaimWindows;
import io.dialogsecurity.wire.Layer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.filter.Filter;
import org.apache.activemq.artemis.core.filter.impl.FilterImpl;
import org.apache.activemq.artemis.core.postoffice.Binding;
import org.apache.activemq.artemis.core.postoffice.Bindings;
import org.apache.activemq.artemis.core.postoffice.QueueBinding;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.RoutingContext;
import org.apache.activemq.artemis.utils.CompositeAddress;
import org.apache.activemq.artemis.utils.collections.LinkedListIterator;

/**
 * Drives dead letters, and what is in quarantine, back to where it was sealed for, when an administrator says so: what was wrong with
 * the receiver or the policy has been mended. Each envelope is judged again by everything that is known now, certificates, revocations
 * and policy; only its age is judged as of when it came, and it is no copy of itself. What is still refused stays where it is.
 *
 * <p>What is believed of a message is what the broker has noted of it: that it was moved from a protected address, where it was judged,
 * or why and whose it was put into quarantine by the guard. Anything else in the queue is judged as if it came now. A message is moved
 * in one transaction, its ciphertext and its own properties unchanged. Thread-safe.
 */
public final class Redrive {

    /** More than this are not looked at in one call. */
    static final int MAX_MESSAGES = 100_000;

    /** What is being driven back. */
    private static final class Driven {

        private final long id;
        private final String address;
        /** The queue it was in, or null for all of the address. */
        private final Binding queue;

        private final boolean fromQuarantine;
        /** What has its number, or null. */
        private final OpenSends.OpenSend send;

        /** Why it stays, where that is found on its way: the broker tells nobody. */
        private RefusedException refusedOrNull;

        private Driven(long id, String address, Binding queue, boolean fromQuarantine, OpenSends.OpenSend send) {
            this.id = id;
            this.address = address;
            this.queue = queue;
            this.fromQuarantine = fromQuarantine;
            this.send = send;
        }
    }

    /** What the broker knows of a message by itself. */
    private record Known(boolean inQuarantine, boolean judgedBefore, String user, Instant keptAt, SimpleString queue) {}

    private static final ThreadLocal<Driven> DRIVING = new ThreadLocal<>();

    private final ActiveMQServer server;
    private final EnvelopeGuard envelopes;
    private final Authorisation authorisation;
    private final MovedClaims claims;
    private final Supplier<ClaimWindows> windows;
    private final Supplier<GuardConfiguration> configuration;
    private final InstantSource clock;

    Redrive(
            ActiveMQServer server,
            EnvelopeGuard envelopes,
            Authorisation authorisation,
            MovedClaims claims,
            Supplier<ClaimWindows> windows,
            Supplier<GuardConfiguration> configuration,
            InstantSource clock) {
        this.server = server;
        this.envelopes = envelopes;
        this.authorisation = authorisation;
        this.claims = claims;
        this.windows = windows;
        this.configuration = configuration;
        this.clock = clock;
    }

    /**
     * Drives back what is in a queue now.
     *
     * @param filter as in broker.xml, or empty for all
     * @return how many were driven back, and why the others stay
     * @throws IllegalArgumentException if there is no such queue, or the filter is wrong
     */
    public synchronized RedriveReport all(String queueName, String filter) {
        Queue queue = queue(queueName);
        Filter wanted = filter(filter);
        List<MessageReference> found = new ArrayList<>();
        try (LinkedListIterator<MessageReference> references = queue.browserIterator()) {
            while (references.hasNext() && found.size() < MAX_MESSAGES) {
                MessageReference reference = references.next();
                if (wanted == null || wanted.match(reference.getMessage())) {
                    found.add(reference);
                }
            }
        }
        return drive(queue, found);
    }

    /**
     * Drives one message back.
     *
     * @throws IllegalArgumentException if there is no such queue, or no such message in it
     */
    public synchronized RedriveReport one(String queueName, long messageId) {
        Queue queue = queue(queueName);
        MessageReference reference = find(queue, messageId);
        if (reference == null) {
            throw new IllegalArgumentException(
                    "There is no message " + messageId + " in " + queueName + ", or it is being delivered");
        }
        return drive(queue, List.of(reference));
    }

    /** A message in a queue by its id, or null; not one that is being delivered. */
    static MessageReference find(Queue queue, long messageId) {
        try (LinkedListIterator<MessageReference> references = queue.browserIterator()) {
            while (references.hasNext()) {
                MessageReference reference = references.next();
                if (reference.getMessageID() == messageId) {
                    return reference;
                }
            }
        }
        return null;
    }

    private Queue queue(String name) {
        Queue queue = name == null ? null : server.locateQueue(SimpleString.of(name));
        if (queue == null) {
            throw new IllegalArgumentException("There is no queue " + name);
        }
        return queue;
    }

    private static Filter filter(String text) {
        try {
            return text == null || text.isBlank() ? null : FilterImpl.createFilter(text);
        } catch (ActiveMQException e) {
            throw new IllegalArgumentException("The filter is not one: " + text, e);
        }
    }

    private RedriveReport drive(Queue queue, List<MessageReference> references) {
        server.getStorageManager().clearContext();
        RedriveReport report = new RedriveReport();
        for (MessageReference reference : references) {
            try {
                drive(queue, reference);
                report.driven();
            } catch (RefusedException e) {
                report.stays(reference.getMessageID(), e.rejected());
            } catch (Exception e) {
                report.stays(
                        reference.getMessageID(),
                        new Rejected(Rejection.INTERNAL_ERROR, Layer.SECURITY_PREAMBLE, String.valueOf(e)));
            }
        }
        try {
            server.getStorageManager().waitOnOperations();
        } catch (Exception e) {
            throw new IllegalStateException("It cannot be said whether what was moved is on the disk", e);
        } finally {
            server.getStorageManager().clearContext();
        }
        return report;
    }

    private void drive(Queue queue, MessageReference reference) throws Exception {
        Driven driven = judge(queue, reference);
        DRIVING.set(driven);
        boolean moved = false;
        try {
            moved = queue.moveReference(driven.id, SimpleString.of(driven.address), driven.queue, false);
        } catch (ActiveMQException e) {
            throw driven.refusedOrNull == null ? e : driven.refusedOrNull;
        } finally {
            DRIVING.remove();
            if (!moved && driven.send != null) {
                driven.send.withdraw();
            }
        }
        if (!moved) {
            throw stays("it is being delivered, or not in the queue any more");
        }
    }

    // --- On its way

    /** Whether this thread is driving the message back. */
    boolean isArriving(Message message) {
        Driven driven = DRIVING.get();
        return driven != null && BrokerMarks.originalId(message) == driven.id;
    }

    /** Makes the message what it was, before it is stored. */
    void routing(Message message, RoutingContext context) throws RefusedException, ActiveMQException {
        Driven driven = DRIVING.get();
        if (context.getQueueCount() == 0) {
            driven.refusedOrNull = stays("no queue of " + driven.address + " takes it");
            throw driven.refusedOrNull;
        }
        if (driven.fromQuarantine) {
            Quarantine.restore(message);
        }
        BrokerMarks.remove(message, true);
        message.reencode();
        claims.back(context.getTransaction(), message, configuration.get());
        if (driven.send != null) {
            claims.routing(message, driven.send);
        }
    }

    // --- Judging

    private Driven judge(Queue queue, MessageReference reference) throws Exception {
        GuardConfiguration current = configuration.get();
        Message message = reference.getMessage();
        Known known = known(queue, message, current);
        EnvelopeBytes bytes;
        try {
            bytes = EnvelopeReader.read(message, current.maxEnvelopeBytes());
        } catch (RefusedException e) {
            if (e.rejected().reason() != Rejection.PLAINTEXT_REFUSED || known.inQuarantine()) {
                throw e;
            }
            return plain(reference, known, current, e);
        }
        MirroredClaims.Claimed claimed = MirroredClaims.claimed(message, current.maxEnvelopeBytes(), windows.get());
        String destination = claimed == null ? "" : claimed.destination();
        String address = CompositeAddress.extractAddressName(destination);
        AddressPolicy rule = current.policy.address(address);
        boolean byReceiver = known.inQuarantine() && isReceiver(known, message, claimed, current);
        VerifiedEnvelope envelope = verified(bytes, age(known, byReceiver));
        if (rule.action() == Action.DROP) {
            throw new RefusedException(
                    Rejection.DROPPED_BY_POLICY, Layer.SECURITY_PREAMBLE, "policy drops messages to " + address);
        }
        if (rule.action() == Action.BYPASS) {
            return new Driven(
                    reference.getMessageID(), address, target(known, address, message), known.inQuarantine(), null);
        }
        authorisation.require(current, rule, envelope, null, address, destination);
        if (known.keptAt() != null && known.queue() == null && !known.user().isEmpty()) {
            authorisation.requireEntitled(current, envelope, known.user());
        }
        Binding target = target(known, address, message);
        boolean mayHaveComeBefore = byReceiver || (known.judgedBefore() && !wasGivenBack(known, destination, message));
        OpenSends.OpenSend send = number(envelope, claimed.identity(), mayHaveComeBefore);
        return new Driven(reference.getMessageID(), address, target, known.inQuarantine(), send);
    }

    /** What is not sealed goes where the broker has it from, if policy does not mind. */
    private Driven plain(MessageReference reference, Known known, GuardConfiguration current, RefusedException unsealed)
            throws RefusedException {
        Message message = reference.getMessage();
        String origin = BrokerMarks.origin(message);
        if (origin == null) {
            throw stays("it is not sealed, and the broker has not noted where it comes from");
        }
        AddressPolicy rule = current.policy.address(origin);
        if (rule.action() == Action.DROP
                || (rule.action() == Action.APPLY && !rule.toleratesPlaintext(clock.instant()))) {
            throw unsealed;
        }
        return new Driven(reference.getMessageID(), origin, target(known, origin, message), false, null);
    }

    private static Known known(Queue queue, Message message, GuardConfiguration current) {
        String origin = BrokerMarks.origin(message);
        if (current.policy.quarantineAddress().equals(queue.getAddress().toString())) {
            String keptAt = origin == null ? message.getStringProperty(Quarantine.KEPT_AT) : null;
            if (keptAt == null) {
                return new Known(true, false, "", null, null);
            }
            String queued = message.getStringProperty(Quarantine.ORIGINAL_QUEUE);
            return new Known(
                    true,
                    queued != null,
                    Objects.requireNonNullElse(message.getStringProperty(Quarantine.USER), ""),
                    Instant.ofEpochMilli(Long.parseLong(keptAt)),
                    queued == null ? null : SimpleString.of(queued));
        }
        boolean judged = origin != null
                && current.policy.address(origin).action() == Action.APPLY
                && !current.policy.address(origin).dryRun();
        return new Known(false, judged, "", null, BrokerMarks.originalQueue(message));
    }

    /** When its age counts; null if it was found fresh before. */
    private Instant age(Known known, boolean byReceiver) {
        if (known.judgedBefore() || byReceiver) {
            return null;
        }
        return known.keptAt() == null ? clock.instant() : known.keptAt();
    }

    private VerifiedEnvelope verified(EnvelopeBytes bytes, Instant cameAt) throws RefusedException {
        GuardOutcome outcome =
                envelopes.checkAgain(bytes.bytes(), bytes.offset(), bytes.length(), bytes.head(), cameAt);
        if (outcome instanceof Rejected rejected) {
            throw new RefusedException(rejected);
        }
        return (VerifiedEnvelope) outcome;
    }

    /** Whether somebody has put it into quarantine who speaks for a service it is sealed to, as receivers do. */
    private static boolean isReceiver(
            Known known, Message message, MirroredClaims.Claimed claimed, GuardConfiguration current) {
        String putBy = known.keptAt() == null ? message.getStringProperty(Quarantine.PUT_BY) : null;
        return putBy != null
                && claimed != null
                && claimed.receivers().stream()
                        .map(current.policy::service)
                        .anyMatch(service ->
                                service.isPresent() && service.get().users().contains(putBy));
    }

    /** Whether it gave its number back when it left its queue, so that whoever has it now is another one. */
    private boolean wasGivenBack(Known known, String destination, Message message) throws Exception {
        Queue queue = known.queue() == null ? null : server.locateQueue(known.queue());
        return queue != null && claims.wasGivenBack(queue, destination, message);
    }

    private OpenSends.OpenSend number(VerifiedEnvelope envelope, long identity, boolean mayHaveComeBefore)
            throws RefusedException {
        MovedClaims.Reservation reservation = claims.reserve(keyOf(envelope), envelope.sequence(), identity);
        return switch (reservation.claim()) {
            case TAKEN -> reservation.send();
            case CONFLICT ->
                throw new RefusedException(
                        Rejection.SEQUENCE_CONFLICT,
                        Layer.MESSAGE_HEADER,
                        "sequence " + envelope.sequence() + " was used by another message");
            case PENDING ->
                throw new RefusedException(
                        Rejection.REPLAYED, Layer.MESSAGE_HEADER, "an identical message is being sent");
            case REPLAYED -> {
                if (!mayHaveComeBefore) {
                    throw new RefusedException(
                            Rejection.REPLAYED,
                            Layer.MESSAGE_HEADER,
                            "an identical message is stored, or has been consumed");
                }
                yield null;
            }
            // its receiver's window decides
            case AFTER_GAP, TOO_OLD -> null;
        };
    }

    private static ClaimKey keyOf(VerifiedEnvelope envelope) {
        return new ClaimKey(
                envelope.sender(),
                envelope.senderFingerprint(),
                envelope.dialogId(),
                envelope.direction(),
                envelope.instance());
    }

    /** The queue it was in, if that is still there; null if it goes to all of the address. */
    private Binding target(Known known, String address, Message message) throws RefusedException {
        Binding before = known.queue() == null ? null : server.getPostOffice().getBinding(known.queue());
        if (before instanceof QueueBinding && address.equals(before.getAddress().toString())) {
            return before;
        }
        if (!isTaken(address, message)) {
            throw stays("no queue of " + address + " takes it");
        }
        return null;
    }

    private boolean isTaken(String address, Message message) throws RefusedException {
        try {
            Bindings bindings = server.getPostOffice().lookupBindingsForAddress(SimpleString.of(address));
            return bindings != null
                    && bindings.getBindings().stream()
                            .anyMatch(binding -> binding instanceof QueueBinding
                                    && (binding.getFilter() == null
                                            || binding.getFilter().match(message)));
        } catch (Exception e) {
            throw stays("the queues of " + address + " cannot be found: " + e);
        }
    }

    private static RefusedException stays(String why) {
        return new RefusedException(Rejection.INTERNAL_ERROR, Layer.SECURITY_PREAMBLE, why);
    }
}
