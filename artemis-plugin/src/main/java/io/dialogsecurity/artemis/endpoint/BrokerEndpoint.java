package io.dialogsecurity.artemis.endpoint;

import io.dialogsecurity.artemis.guard.PlainSealer;
import io.dialogsecurity.artemis.guard.RefusedException;
import io.dialogsecurity.artemis.message.BodyTooLargeException;
import io.dialogsecurity.artemis.message.MessageForm;
import io.dialogsecurity.artemis.speaker.Generation;
import io.dialogsecurity.artemis.speaker.PairPriming;
import io.dialogsecurity.artemis.speaker.Speaker;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.Gaps;
import io.dialogsecurity.policy.SealRule;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.wire.Layer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.persistence.StorageManager;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ServerSession;

/**
 * The services the broker itself speaks for, on behalf of applications that cannot seal. Holds their private keys. Seals what
 * their users send, in one dialog per session and address; {@link OpeningGate} opens with it.
 *
 * <p>Nothing of a dialog is kept beyond the life of its session: after a restart, or at another broker, the next message
 * begins another dialog, so that no nonce can be used twice. Thread-safe.
 */
public final class BrokerEndpoint implements PlainSealer, AutoCloseable {

    /** What the broker adds to a message when it stores it, at most; the broker's own estimate. */
    private static final int RECORD_ROOM = 512;

    private final ActiveMQServer server;
    private final InstantSource clock;
    private final Map<ServerSession, SessionDialogs> sessions = new ConcurrentHashMap<>();
    private final List<Speaker> retired = new ArrayList<>();
    private final LongAdder sealed = new LongAdder();
    private volatile Generation generation;

    /**
     * The endpoint of a broker that is about to start.
     *
     * @param policy its identities belong to this endpoint from now on
     */
    public BrokerEndpoint(ActiveMQServer server, SecurityPolicy policy, InstantSource clock) {
        this.server = server;
        this.clock = clock;
        this.generation = next(policy, null);
        PairPriming.start(generation);
    }

    /** Applies another policy from now on, to sessions that are open too. */
    public synchronized void reconfigure(SecurityPolicy policy) {
        // An identity is erased one reading after the one that dropped it: what still held it has noticed by then.
        retired.forEach(Speaker::close);
        retired.clear();
        generation = next(policy, generation);
    }

    private Generation next(SecurityPolicy policy, Generation previous) {
        // What arrives is judged at the door, not here: nothing is remembered of what is opened.
        return Generation.of(
                policy,
                identity -> policy.brokerServices().contains(identity.serviceName()),
                previous,
                retired::add,
                builder -> builder.recentEnvelopes(0),
                clock);
    }

    Generation generation() {
        return generation;
    }

    /** Opens with every certificate the broker has of a service. */
    List<DialogEndpoint> endpointsOf(ServiceName service) {
        return generation.speakers().stream()
                .filter(speaker -> speaker.identity().serviceName().equals(service))
                .map(Speaker::endpoint)
                .toList();
    }

    /** The identities it speaks with. */
    List<ServiceIdentity> identities() {
        return generation.speakers().stream().map(Speaker::identity).toList();
    }

    /** How many messages have been sealed. */
    public long sealedCount() {
        return sealed.sum();
    }

    /** In how many sessions messages are being sealed. */
    public int sessionCount() {
        return sessions.size();
    }

    /** What has been computed so far, all identities together. */
    public CryptoCounters.Snapshot cryptoCounters() {
        CryptoCounters.Snapshot sum = new CryptoCounters().snapshot();
        for (DialogEndpoint endpoint : generation.endpoints()) {
            sum = sum.plus(endpoint.counters());
        }
        return sum;
    }

    @Override
    public boolean wouldSeal(ServerSession session, AddressPolicy rule) {
        return ruleFor(session, rule) != null;
    }

    private static SealRule ruleFor(ServerSession session, AddressPolicy rule) {
        return rule.brokerSide().seals().isEmpty()
                ? null
                : rule.brokerSide().seal(session.getValidatedUser()).orElse(null);
    }

    @Override
    public Sealed seal(ServerSession session, Message message, AddressPolicy rule, String address)
            throws RefusedException {
        SealRule seal = ruleFor(session, rule);
        if (seal == null) {
            return null;
        }
        if (message.isLargeMessage()) {
            throw new RefusedException(
                    Rejection.LARGE_MESSAGE_NOT_SEALABLE,
                    Layer.SECURITY_PREAMBLE,
                    "a large message is on disk before the broker can seal it; seal it in the client, or send smaller ones");
        }
        SessionDialog dialog = null;
        try {
            MessageForm form = MessageForm.of(message);
            Generation current = generation;
            MessageContent content =
                    form.read(message, current.policy().limits().maxEnvelopeBytes());
            dialog = sessions.computeIfAbsent(session, newSession -> new SessionDialogs())
                    .dialog(current, rule, address, seal.service());
            form.seal(message, dialog.seal(content, address), rule.clearProperties());
            requireRoom(message);
            if (rule.gaps() == Gaps.REFUSE && mayBeDropped(message)) {
                dialog.lost(); // so that nobody misses it
            }
            sealed.increment();
            return dialog;
        } catch (SealingRefusedException e) {
            throw lost(dialog, e.reason(), e.getMessage());
        } catch (BodyTooLargeException e) {
            throw lost(dialog, Rejection.TOO_LARGE, e.getMessage());
        } catch (IllegalArgumentException e) {
            throw lost(dialog, Rejection.CONTENT_INVALID, e.getMessage());
        } catch (RuntimeException | RefusedException e) {
            if (dialog != null) {
                dialog.lost();
            }
            throw e;
        } finally {
            if (session.isClosed()) {
                sessionClosed(session); // its connection broke while this was sent, and it was forgotten before
            }
        }
    }

    private static boolean mayBeDropped(Message message) {
        return message.getExpiration() > 0 || message.getDuplicateProperty() != null;
    }

    private static RefusedException lost(SessionDialog dialog, Rejection reason, String detail) {
        if (dialog != null) {
            dialog.lost();
        }
        return new RefusedException(reason, Layer.BODY, detail);
    }

    /** The broker looked whether the message fits into its journal before it was sealed. */
    private void requireRoom(Message message) throws RefusedException {
        StorageManager storage = server.getStorageManager();
        int size = message.getEncodeSize() + RECORD_ROOM;
        if (message.isDurable() && size > storage.getMaxRecordSize()) {
            throw new RefusedException(
                    Rejection.TOO_LARGE,
                    Layer.BODY,
                    "sealed, the message takes " + size + " bytes of the journal, which takes "
                            + storage.getMaxRecordSize()
                            + " at most; raise journal-buffer-size in broker.xml, or send smaller ones");
        }
    }

    @Override
    public void sessionClosed(ServerSession session) {
        SessionDialogs dialogs = sessions.remove(session);
        if (dialogs != null) {
            dialogs.close();
        }
    }

    /** Erases all keys. */
    @Override
    public synchronized void close() {
        sessions.values().forEach(SessionDialogs::close);
        sessions.clear();
        retired.forEach(Speaker::close);
        retired.clear();
        generation.speakers().forEach(Speaker::close);
    }
}
