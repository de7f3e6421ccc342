package io.dialogsecurity.artemis.client;

import io.dialogsecurity.artemis.speaker.Generation;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.EnvelopeStreamException;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.OpenedStream;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.StreamOutcome;
import io.dialogsecurity.failover.StoreException;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPattern;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.AuthenticityPolicy;
import io.dialogsecurity.policy.Forks;
import io.dialogsecurity.policy.Gaps;
import io.dialogsecurity.policy.Replays;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.Layer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;

/**
 * Judges what one consumer receives. Whatever goes wrong, the answer is a refusal; nothing is thrown because of what a
 * message contains. Thread-safe.
 *
 * <p>What policy names explicitly is done. Where only its default applies, messages at a temporary destination, and at
 * an address where replies to sealed requests are awaited, have to be sealed replies: a broker that swaps a sealed reply
 * for a plain one must not get it through because nobody wrote down the name of a temporary queue.
 *
 * <p>Where policy tolerates unsealed messages for a time, they pass and are counted. What is sealed is opened as ever, and
 * an envelope that does not open is refused as ever.
 *
 * <p>A message is opened where it was sealed for, or where the broker has moved it from there, as it does with dead letters
 * and copies of diverts: if policy names this receiver at the place where it arrived, and lets it receive at the one it was
 * sealed for. What the broker says of a move is not authentic, the sealed destination is; so the one has to say the other.
 * Each such place remembers what it was given by itself: the copy of a divert is one more message, as it is unsealed.
 */
public final class IncomingMessages {

    private final ClientEndpoint owner;
    private final String address;
    private final String subscription;
    private final boolean temporary;
    /** Null unless the subscription is one of many addresses. */
    private final AddressPattern wildcard;

    private final boolean sealedOnly;

    IncomingMessages(ClientEndpoint owner, String address, String subscription, boolean temporary) {
        this(owner, address, subscription, temporary, false);
    }

    private IncomingMessages(
            ClientEndpoint owner, String address, String subscription, boolean temporary, boolean sealedOnly) {
        this.owner = owner;
        this.sealedOnly = sealedOnly;
        this.subscription = subscription;
        this.address = address;
        this.temporary = temporary;
        this.wildcard = wildcard(address);
    }

    private static AddressPattern wildcard(String address) {
        AddressPattern pattern = new AddressPattern(address);
        return pattern.hasWildcards() ? pattern : null;
    }

    /** Whether the bytes claim to be an envelope; four of them suffice. */
    public static boolean looksSealed(byte[] bytes, int offset, int length) {
        return EnvelopeFrame.looksSealed(bytes, offset, length);
    }

    /** The address subscribed to. */
    public String address() {
        return address;
    }

    /** As this one, for somebody who has no use for unsealed messages: they are not tolerated, whatever policy says. */
    public IncomingMessages sealedOnly() {
        return new IncomingMessages(owner, address, subscription, temporary, true);
    }

    /**
     * Judges a message without an envelope in its body.
     *
     * @param arrivedAt the address it arrived at, or null; counts for wildcard subscriptions only
     */
    public Incoming unsealed(String arrivedAt) {
        String at = judgedAs(arrivedAt);
        Verdict verdict = verdict(at);
        if (verdict == Verdict.REFUSE_ALL) {
            return refused(dropped());
        }
        if (!unsealedIsRefused(verdict, at)) {
            return leftAlone();
        }
        return tolerate(at) ? new Incoming.LeftAlone() : refused(notSealed());
    }

    private boolean unsealedIsRefused(Verdict verdict, String at) {
        return switch (verdict) {
            case LEAVE_ALONE -> false;
            case OPEN, REFUSE_ALL -> true;
            case OPEN_REPLIES -> owner.replies().isAwaited(at) || rule(at).action() != Action.BYPASS;
        };
    }

    /** Whether unsealed messages are tolerated for the time being where only sealed ones belong. */
    private boolean tolerates(String at) {
        return !sealedOnly
                && verdict(at) == Verdict.OPEN
                && rule(at).toleratesPlaintext(owner.clock().instant());
    }

    /**
     * Whether an unsealed message is tolerated for the time being, though only sealed ones belong here; if so, it is
     * counted.
     *
     * @param arrivedAt the address it arrived at, or null; counts for wildcard subscriptions only
     */
    public boolean tolerate(String arrivedAt) {
        String at = judgedAs(arrivedAt);
        if (!tolerates(at)) {
            return false;
        }
        rule(at).plaintextUntil().ifPresent(until -> owner.toleratedPlaintext(at, until));
        return true;
    }

    /** As {@link #open(byte[], int, int, Journey)}, of a message that nobody has moved. */
    public Incoming open(byte[] bytes, int offset, int length) {
        return open(bytes, offset, length, Journey.NONE);
    }

    /**
     * Opens an envelope held in memory. Room of 16 bytes behind it in the array spares a copy. If its body is in chunks,
     * they are opened as the payload is read; see {@link #broken}.
     *
     * @param journey what the provider says of the message's way
     * @throws StoreException if it cannot be remembered that the message was here
     */
    public Incoming open(byte[] bytes, int offset, int length, Journey journey) {
        try {
            Place place = place(bytes, offset, length, journey);
            switch (verdict(place.at())) {
                case LEAVE_ALONE -> {
                    return leftAlone();
                }
                case REFUSE_ALL -> {
                    return refused(dropped());
                }
                default -> {
                    return open(bytes, offset, length, place);
                }
            }
        } catch (StoreException e) {
            throw e; // the message is good, as far as is known: it stays where it is
        } catch (RuntimeException e) {
            return refused(internal(e));
        }
    }

    private Incoming open(byte[] bytes, int offset, int length, Place place) {
        Reception reception = reception(place);
        Rejected refusal = null;
        for (DialogEndpoint endpoint : owner.generation().endpoints()) {
            OpenOutcome outcome = endpoint.open(bytes, offset, length, reception);
            if (outcome instanceof Opened opened) {
                return judge(opened, null, endpoint, place);
            }
            refusal = moreTelling(refusal, (Rejected) outcome);
        }
        if (refusal.layer() == Layer.MESSAGE_HEADER && refusal.reason() == Rejection.MALFORMED) {
            Incoming streamed = openChunks(bytes, offset, length, place);
            return streamed != null ? streamed : refused(refusal);
        }
        return refused(refusal);
    }

    private Incoming openChunks(byte[] bytes, int offset, int length, Place place) {
        try {
            int headLength = EnvelopeFrame.headLength(bytes, offset, length);
            return headLength <= length && EnvelopeFrame.announcesStream(bytes, offset, headLength)
                    ? openStream(new ByteArrayInputStream(bytes, offset, length), length, place.journey())
                    : null;
        } catch (EnvelopeFormatException e) {
            return null; // the refusal there is says more
        } catch (IOException e) {
            throw new IllegalStateException("An array cannot be read", e);
        }
    }

    /** A streamed body turned out not to be what was sealed: counts as any other refusal. */
    public Incoming.Refused broken(EnvelopeStreamException e) {
        owner.refusedIncoming(address, e.rejected());
        return new Incoming.Refused(e.rejected());
    }

    /**
     * Opens an envelope from a stream.
     *
     * @param in the envelope, which ends where the stream ends; closed with the payload, or by this method
     * @param length bytes in the stream, if known, else -1
     * @param journey what the provider says of the message's way
     * @throws IOException if it cannot be read
     */
    public Incoming openStream(InputStream in, long length, Journey journey) throws IOException {
        try {
            // The head says for whom the message is, and whether its body is in chunks.
            byte[] head = head(in);
            int needed = EnvelopeFrame.headLength(head, 0, head.length);
            if (head.length < needed) {
                return refused(new Rejected(Rejection.MALFORMED, Layer.SECURITY_PREAMBLE, "the envelope is cut"));
            }
            PushbackInputStream whole = new PushbackInputStream(in, head.length);
            whole.unread(head);
            if (EnvelopeFrame.announcesStream(head, 0, head.length)) {
                return openStream(whole, head, journey);
            }
            int most = owner.maxEnvelopeBytes();
            if (length > most) {
                return refused(new Rejected(
                        Rejection.TOO_LARGE, Layer.SECURITY_PREAMBLE, "an envelope of " + length + " bytes"));
            }
            byte[] bytes = whole.readNBytes(most + 1);
            return open(bytes, 0, bytes.length, journey);
        } catch (EnvelopeFormatException e) {
            Rejection reason = e.versionUnsupported() ? Rejection.VERSION_UNSUPPORTED : Rejection.MALFORMED;
            return refused(new Rejected(reason, e.layer(), e.getMessage()));
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            return refused(internal(e));
        }
    }

    private static byte[] head(InputStream in) throws IOException, EnvelopeFormatException {
        byte[] head = {};
        int needed = EnvelopeFrame.headLength(head, 0, 0);
        while (head.length < needed) {
            byte[] more = in.readNBytes(needed - head.length);
            if (more.length == 0) {
                return head;
            }
            head = Arrays.copyOf(head, head.length + more.length);
            System.arraycopy(more, 0, head, head.length - more.length, more.length);
            needed = EnvelopeFrame.headLength(head, 0, head.length);
        }
        return head;
    }

    private Incoming openStream(PushbackInputStream in, byte[] head, Journey journey)
            throws IOException, EnvelopeFormatException {
        Place place = place(
                EnvelopeFrame.readStreamHead(head, 0, head.length).message().destination(), journey);
        switch (verdict(place.at())) {
            case LEAVE_ALONE -> {
                return leftAlone();
            }
            case REFUSE_ALL -> {
                return refused(dropped());
            }
            default -> {
                // opened below
            }
        }
        Reception reception = reception(place);
        Rejected refusal = null;
        for (DialogEndpoint endpoint : owner.generation().endpoints()) {
            StreamOutcome outcome = endpoint.openStream(in, reception);
            if (outcome instanceof OpenedStream stream) {
                return judge(stream.message(), stream.payload(), endpoint, place);
            }
            Rejected rejected = (Rejected) outcome;
            refusal = moreTelling(refusal, rejected);
            if (!isAnotherIdentitys(rejected)) {
                break;
            }
            in.unread(head); // no more has been read before an endpoint says that the message is not its own
        }
        return refused(refusal);
    }

    // --- What policy says

    private enum Verdict {
        OPEN,
        OPEN_REPLIES,
        LEAVE_ALONE,
        REFUSE_ALL
    }

    /** What arrives from an address that no policy names is judged as what policy says of the wildcard subscription. */
    private AddressPolicy rule(String at) {
        AddressPolicy rule = owner.generation().rule(at);
        return wildcard == null || Generation.isExplicit(rule)
                ? rule
                : owner.generation().rule(address);
    }

    private Verdict verdict(String at) {
        AddressPolicy rule = rule(at);
        if (!Generation.isExplicit(rule) && (temporary || owner.replies().isAwaited(at))) {
            return Verdict.OPEN_REPLIES;
        }
        return switch (rule.action()) {
            case APPLY -> Verdict.OPEN;
            case BYPASS -> Verdict.LEAVE_ALONE;
            case DROP -> Verdict.REFUSE_ALL;
        };
    }

    // --- Where a message is

    /**
     * Where a message is judged to be.
     *
     * @param at the address whose policy counts
     * @param sealedFor the address it has to be sealed for
     */
    private record Place(String at, String sealedFor, Journey journey) {

        boolean moved() {
            return !at.equals(sealedFor);
        }
    }

    private Place place(byte[] bytes, int offset, int length, Journey journey) {
        if (wildcard == null && journey.movedFrom() == null) {
            return new Place(address, address, journey);
        }
        try {
            return place(EnvelopeFrame.read(bytes, offset, length).message().destination(), journey);
        } catch (EnvelopeFormatException e) {
            return new Place(address, address, journey); // opening says what is wrong
        }
    }

    /** For a wildcard subscription the address the message claims to be sealed for, if that is one of them. */
    private Place place(String claimed, Journey journey) {
        String at = judgedAs(journey.arrivedAt());
        // Not asked is whether it was moved from there: of several moves the broker tells the last, and what it tells
        // is not authentic.
        if (journey.movedFrom() != null && !claimed.equals(at) && receivesMoved(claimed, at)) {
            return new Place(at, claimed, journey);
        }
        return accepts(claimed) ? new Place(claimed, claimed, journey) : new Place(address, address, journey);
    }

    private boolean receivesMoved(String from, String to) {
        return owner.generation().names().stream().anyMatch(service -> receivesMoved(service, from, to));
    }

    /** Whether policy names the service where a message is, and lets it receive where the message comes from. */
    private boolean receivesMoved(ServiceName service, String from, String to) {
        AddressPolicy there = owner.generation().rule(to);
        AddressPolicy before = owner.generation().rule(from);
        return there.action() == Action.APPLY
                && there.receivers().contains(service)
                && Generation.isExplicit(before)
                && before.action() == Action.APPLY
                && (before.receivers().isEmpty() || before.receivers().contains(service));
    }

    private boolean accepts(String destination) {
        return wildcard == null ? address.equals(destination) : wildcard.matches(destination);
    }

    private Reception reception(Place place) {
        AddressPolicy rule = rule(place.at());
        Reception reception = Reception.at(place.sealedFor())
                .through(place.moved() ? subscription + " moved to " + windowOf(place) : subscription);
        if (rule.forks() == Forks.FLAG) {
            reception = reception.flaggingForks();
        }
        if (rule.replays() == Replays.ALLOW) {
            reception = reception.allowingReplays();
        }
        // of what the broker has moved most have stayed behind
        return rule.gaps() == Gaps.REFUSE && !place.moved() ? reception.refusingGaps() : reception;
    }

    /** Under a wildcard whoever writes the message chooses the address; he is not to choose the window. */
    private String windowOf(Place moved) {
        return wildcard == null ? moved.at() : rule(moved.at()).match();
    }

    private Incoming judge(Opened opened, InputStream payload, DialogEndpoint endpoint, Place place) {
        Rejected rejected = objection(opened, endpoint, place);
        if (rejected != null) {
            return refused(rejected);
        }
        if (opened.arrival() == Arrival.DUPLICATE && rule(place.at()).replays() == Replays.REFUSE) {
            owner.duplicateRemoved(place.at(), opened);
            return new Incoming.Duplicate(opened);
        }
        owner.count().opened.increment();
        return new Incoming.Accepted(opened, payload, endpoint, place.at());
    }

    /**
     * Whether the message is given as often as the broker delivers it, because its queue keeps what was acknowledged: another
     * consumer of the same queue, of the same session too, has a right to it of its own.
     */
    public boolean allowsReplays(Incoming.Accepted accepted) {
        return rule(accepted.arrivedAt()).replays() == Replays.ALLOW;
    }

    /** What policy has against an authentic message, or null. */
    private Rejected objection(Opened opened, DialogEndpoint endpoint, Place place) {
        Rejected rejected = objection(opened, place.at());
        if (rejected == null && place.moved()) {
            rejected = receivesMoved(endpoint.serviceName(), place.sealedFor(), place.at())
                    ? objection(opened, place.sealedFor())
                    : new Rejected(
                            Rejection.WRONG_DESTINATION,
                            Layer.MESSAGE_HEADER,
                            "sealed for " + place.sealedFor() + ", and " + endpoint.serviceName()
                                    + " is not a receiver there and at " + place.at());
        }
        return rejected;
    }

    private Rejected objection(Opened opened, String destination) {
        AddressPolicy rule = rule(destination);
        if (!rule.suites().accepts(opened.suite())) {
            return new Rejected(
                    Rejection.SUITE_NOT_ACCEPTED, Layer.SECURITY_PREAMBLE, opened.suite() + " is not good enough here");
        }
        if (opened.authenticity() == Authenticity.GROUP && rule.authenticity() != AuthenticityPolicy.GROUP) {
            return new Rejected(
                    Rejection.AUTHENTICITY_NOT_ACCEPTED,
                    Layer.SERVICE_PAIR_HEADER,
                    "several targets share the keys, and messages are not signed");
        }
        return maySend(opened, rule, destination)
                ? null
                : new Rejected(
                        Rejection.SENDER_NOT_AUTHORISED,
                        Layer.SERVICE_PAIR_HEADER,
                        opened.sender() + " may not send to " + destination);
    }

    /** Where only replies are expected, whoever was asked may send. */
    private boolean maySend(Opened opened, AddressPolicy rule, String destination) {
        if (Generation.isExplicit(rule)) {
            return rule.maySend(opened.sender());
        }
        return verdict(destination) != Verdict.OPEN_REPLIES || owner.replies().expects(destination, opened);
    }

    /** An identity for which the message is not says less than one for which it is and which refuses it. */
    private static Rejected moreTelling(Rejected before, Rejected now) {
        return before == null || isAnotherIdentitys(before) ? now : before;
    }

    private static boolean isAnotherIdentitys(Rejected rejected) {
        return rejected.reason() == Rejection.NOT_FOR_US || rejected.reason() == Rejection.REFLECTED;
    }

    private Incoming leftAlone() {
        owner.count().leftAlone.increment();
        return new Incoming.LeftAlone();
    }

    private Incoming.Refused refused(Rejected rejected) {
        owner.refusedIncoming(address, rejected);
        return new Incoming.Refused(rejected);
    }

    private static Rejected notSealed() {
        return new Rejected(Rejection.PLAINTEXT_REFUSED, Layer.SECURITY_PREAMBLE, "the message is not sealed");
    }

    private static Rejected dropped() {
        return new Rejected(Rejection.DROPPED_BY_POLICY, Layer.SECURITY_PREAMBLE, "policy drops messages here");
    }

    private static Rejected internal(RuntimeException e) {
        return new Rejected(
                Rejection.INTERNAL_ERROR, Layer.SECURITY_PREAMBLE, e.getClass().getSimpleName());
    }

    /**
     * Opens an envelope to show it to a browser: nothing is remembered of it. Null if it is not to be seen.
     *
     * @param journey what the provider says of the message's way
     */
    public Incoming.Accepted look(byte[] bytes, int offset, int length, Journey journey) {
        try {
            for (DialogEndpoint endpoint : owner.generation().endpoints()) {
                if (endpoint.open(bytes, offset, length, Reception.forAudit()) instanceof Opened opened) {
                    Place place = place(opened.destination(), journey);
                    if (opened.destination().equals(place.sealedFor()) && objection(opened, endpoint, place) == null) {
                        return new Incoming.Accepted(opened, null, endpoint, place.at());
                    }
                }
            }
            return null;
        } catch (RuntimeException e) {
            return null;
        }
    }

    /** Reports that a copy of a message the application has in hand was left out. */
    public void copyLeftOut(Opened copy) {
        owner.duplicateRemoved(address, copy);
    }

    /** Refuses a message a path cannot give to the application. */
    public Incoming.Refused refuse(Rejected rejected) {
        return refused(rejected);
    }

    /**
     * Whether every message passes as it is, so that nobody has to look into it.
     *
     * @param arrivedAt the address a message arrived at; counts for wildcard subscriptions only
     */
    public boolean leavesAlone(String arrivedAt) {
        return verdict(judgedAs(arrivedAt)) == Verdict.LEAVE_ALONE;
    }

    private String judgedAs(String arrivedAtOrNull) {
        return wildcard != null && arrivedAtOrNull != null && accepts(arrivedAtOrNull) ? arrivedAtOrNull : address;
    }

    /**
     * Whether envelopes are opened.
     *
     * @param arrivedAt the address a message arrived at, or null; counts for wildcard subscriptions only
     */
    public boolean opens(String arrivedAt) {
        Verdict verdict = verdict(judgedAs(arrivedAt));
        return verdict == Verdict.OPEN || verdict == Verdict.OPEN_REPLIES;
    }

    /**
     * Whether a browser sees nothing that is not sealed.
     *
     * @param arrivedAt the address a message arrived at, or null; counts for wildcard subscriptions only
     */
    public boolean hidesUnsealed(String arrivedAt) {
        String at = judgedAs(arrivedAt);
        return unsealedIsRefused(verdict(at), at) && !tolerates(at);
    }
}
