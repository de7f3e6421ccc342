package io.dialogsecurity.artemis.client;

import io.dialogsecurity.artemis.speaker.Generation;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.Gaps;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One direction of a dialog as one session or channel sends it. Messages are sent in the order in which they are sealed;
 * one that is sealed and not sent leaves a gap, so {@link #abandon()} ends the dialog then and the next message begins
 * another.
 */
public final class SealingDialog {

    private final ClientEndpoint owner;
    private final Generation generation;
    private final DialogEndpoint endpoint;
    private final DialogSealer sealer;
    private final String address;
    private final Set<String> clearProperties;
    private final Set<ServiceName> receivers;
    private final boolean keptByItsOwner;
    /** By whoever learns that a message was not sent, on a thread of the provider too; closed by the sender's. */
    private volatile boolean abandoned;

    private boolean uncommitted;

    /**
     * @param endpoint what renews the sealer of replies, or null
     * @param receivers to whom it is sealed, or null if that is not known here
     * @param keptByItsOwner whether the application holds the dialog, so that it goes on after a gap
     */
    SealingDialog(
            ClientEndpoint owner,
            Generation generation,
            DialogEndpoint endpoint,
            DialogSealer sealer,
            String address,
            Set<String> clearProperties,
            Set<ServiceName> receivers,
            boolean keptByItsOwner) {
        this.owner = owner;
        this.generation = generation;
        this.endpoint = endpoint;
        this.sealer = sealer;
        this.address = address;
        this.clearProperties = clearProperties;
        this.receivers = receivers;
        this.keptByItsOwner = keptByItsOwner;
    }

    /** The dialog's name. */
    public DialogId dialogId() {
        return sealer.dialogId();
    }

    /**
     * The place of its messages, to find one again that is sent once more. Where it is an implementation detail which dialog
     * a message is sent in, any is as good as another.
     */
    public String place() {
        return keptByItsOwner ? address + " " + sealer.dialogId() : address;
    }

    /** The services it is sealed to, who alone may answer; null if that is not known. */
    public Set<ServiceName> receivers() {
        return receivers;
    }

    /** Application properties that also stay outside the envelope, for selectors. */
    public Set<String> clearProperties() {
        return clearProperties;
    }

    /**
     * Requires that a message can be opened when it is delivered so. If the broker may drop it, and gaps are refused, it is
     * the last of its dialog, and so missed by nobody.
     *
     * @throws SealingRefusedException if it would be too old, or those after it would be refused
     */
    public void prepare(Delivery delivery) {
        AddressPolicy rule = generation.rule(address);
        if (delivery.delayMillis() >= rule.messageMaxAge().toMillis()) {
            throw audited(new SealingRefusedException(
                    Rejection.STALE,
                    "A message to " + address + " that is delivered after " + Duration.ofMillis(delivery.delayMillis())
                            + " is never opened: it may take " + rule.messageMaxAge() + " from its sealing to its"
                            + " arrival; shorten its delivery delay, or raise message-max-age for the address in "
                            + owner.configuration()));
        }
        if (delivery.mayBeDropped() && rule.gaps() == Gaps.REFUSE) {
            if (keptByItsOwner) {
                throw audited(new SealingRefusedException(
                        Rejection.SEQUENCE_GAP,
                        "A message to " + address + " that the broker may drop, because it has a time to live or a"
                                + " duplicate id, would have everything after it in its dialog refused; send it without,"
                                + " or in no dialog of its own, or allow gaps for the address in "
                                + owner.configuration()));
            }
            abandon();
        }
    }

    /**
     * Seals a message; see {@link DialogSealer#seal(MessageContent, String)}.
     *
     * @throws SealingRefusedException if it cannot be sealed
     */
    public byte[] seal(MessageContent content) {
        byte[] envelope = guarded(() -> sealer.seal(content, address));
        owner.count().sealed.increment();
        return envelope;
    }

    /** Bytes of room that {@link #seal(MessageContent, byte[], int)} needs now. */
    public int roomFor(MessageContent content) {
        return guarded(() -> sealer.roomFor(content, address));
    }

    /** Seals a message into an array; see {@link DialogSealer#seal(MessageContent, String, byte[], int)}. */
    public int seal(MessageContent content, byte[] out, int offset) {
        int length = guarded(() -> sealer.seal(content, address, out, offset));
        owner.count().sealed.increment();
        return length;
    }

    /** Seals a body that need not fit in memory; see {@link DialogSealer#sealStream}. */
    public OutputStream sealStream(MessageContent content, OutputStream out) throws IOException {
        try {
            OutputStream plaintext = sealer.sealStream(content, address, out);
            owner.count().sealed.increment();
            return plaintext;
        } catch (SealingRefusedException e) {
            throw audited(e);
        } catch (RuntimeException e) {
            throw audited(internal(e));
        }
    }

    private <T> T guarded(Supplier<T> operation) {
        try {
            return operation.get();
        } catch (SealingRefusedException e) {
            throw audited(e);
        } catch (RuntimeException e) {
            throw audited(internal(e));
        }
    }

    private SealingRefusedException audited(SealingRefusedException e) {
        owner.refusedOutgoing(address, e.reason(), e.getMessage());
        return e;
    }

    static SealingRefusedException internal(RuntimeException e) {
        SealingRefusedException refused = new SealingRefusedException(
                Rejection.INTERNAL_ERROR,
                "The message cannot be sealed: " + e.getClass().getSimpleName());
        refused.initCause(e);
        return refused;
    }

    /** What was sealed last was not sent. The next message begins another dialog, so that no receiver misses one. */
    public void abandon() {
        abandoned = !keptByItsOwner;
    }

    /** Nothing more is sealed: erases the dialog key. */
    public void end() {
        close();
    }

    /** Continues under the key exchange key of a newer request, if it is another one. */
    void renew(Opened request) {
        if (endpoint != null) {
            endpoint.renew(sealer, request);
        }
    }

    boolean usable(Generation current) {
        return !abandoned && generation == current;
    }

    /** @return whether it was clean before */
    boolean use() {
        boolean first = !uncommitted;
        uncommitted = true;
        return first;
    }

    void committed() {
        uncommitted = false;
    }

    void close() {
        abandoned = true;
        sealer.close();
    }
}
