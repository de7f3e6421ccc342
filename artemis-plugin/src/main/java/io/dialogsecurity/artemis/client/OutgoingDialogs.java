package io.dialogsecurity.artemis.client;

import io.dialogsecurity.artemis.client.ReplyBook.Answered;
import io.dialogsecurity.artemis.client.ReplyBook.Request;
import io.dialogsecurity.artemis.speaker.Generation;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The dialogs in which one JMS session, or one channel, sends: one per address, and one per dialog it replies in. They
 * belong to it alone, because messages have to be sent in the order in which they were sealed. Bounded: of very many
 * addresses, the one used least recently begins a new dialog when it is used again, which takes no public-key operation.
 * Thread-safe, but whoever seals and sends from several threads has to see to the order.
 */
public final class OutgoingDialogs implements AutoCloseable {

    private static final int MAX_ADDRESSES = 256;
    private static final int MAX_REPLY_DIALOGS = 1_024;

    /** A dialog id alone names nothing, because everybody may choose it. */
    private record ReplyKey(
            DialogEndpoint endpoint, ServiceName asker, DialogId dialogId, boolean toReply, String address) {

        static ReplyKey of(Request request, String address) {
            return new ReplyKey(
                    request.endpoint(), request.asker(), request.message().dialogId(), request.isReply(), address);
        }
    }

    private final ClientEndpoint owner;
    private final boolean transacted;
    private final Map<String, SealingDialog> byAddress = bounded(MAX_ADDRESSES);
    private final Map<ReplyKey, SealingDialog> replies = bounded(MAX_REPLY_DIALOGS);
    private final List<SealingDialog> uncommitted = new ArrayList<>();

    OutgoingDialogs(ClientEndpoint owner, boolean transacted) {
        this.owner = owner;
        this.transacted = transacted;
    }

    private static <K> Map<K, SealingDialog> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, SealingDialog> eldest) {
                if (size() <= most) {
                    return false;
                }
                eldest.getValue().close();
                return true;
            }
        };
    }

    /**
     * In which dialog a message is to be sealed, where the address is all that is known of its destination.
     *
     * @see #dialogFor(String, String, String, Object)
     */
    public Optional<SealingDialog> dialogFor(String address, String correlationId, String replyTo) {
        return dialogFor(address, correlationId, replyTo, null);
    }

    /**
     * In which dialog a message is to be sealed.
     *
     * @param address where it is sent, without queue name and prefix
     * @param correlationId the request it replies to, or null
     * @param replyTo where replies are expected, or null
     * @param destination the object the application sends it to; if it was handed that as a message's reply address, this is
     *     a reply to that message. Null if there is none, or it may be another message's of the same name
     * @return empty if policy lets it pass unsealed
     * @throws SealingRefusedException if it must not be sent; counted and audited
     */
    public synchronized Optional<SealingDialog> dialogFor(
            String address, String correlationId, String replyTo, Object destination) {
        try {
            Optional<SealingDialog> dialog = choose(address, correlationId, destination);
            dialog.ifPresent(this::use);
            if (dialog.isEmpty()) {
                owner.count().sentUnsealed.increment();
            } else if (replyTo != null) {
                owner.replies().await(replyTo, dialog.get().receivers());
            }
            return dialog;
        } catch (SealingRefusedException e) {
            owner.refusedOutgoing(address, e.reason(), e.getMessage());
            throw e;
        } catch (RuntimeException e) {
            SealingRefusedException refused = SealingDialog.internal(e);
            owner.refusedOutgoing(address, refused.reason(), refused.getMessage());
            throw refused;
        }
    }

    private Optional<SealingDialog> choose(String address, String correlationId, Object destination) {
        Generation generation = owner.generation();
        AddressPolicy rule = generation.rule(address);
        boolean explicit = Generation.isExplicit(rule);
        if (explicit && rule.action() != Action.APPLY) {
            return unsealed(rule, address);
        }
        Answered answered = owner.replies().answered(address, correlationId, destination, scope(rule));
        if (answered instanceof Answered.To to) {
            return Optional.of(reply(generation, rule, address, to.request()));
        }
        if (answered instanceof Answered.OneOf several) {
            throw new SealingRefusedException(
                    Rejection.PLAINTEXT_REFUSED,
                    several.askers() + " have all named " + address
                            + " for their replies, and whose request this message"
                            + " answers cannot be told; send it to the very JMSReplyTo object of the request with a"
                            + " producer without a destination of its own, or have each of them use an address of its own");
        }
        if (answered instanceof Answered.Forgotten) {
            throw new SealingRefusedException(
                    Rejection.PLAINTEXT_REFUSED,
                    "The sealed request that named " + address + " for its replies is not remembered any more; reply"
                            + " within a day, with the request's message id or correlation id as correlation id");
        }
        if (!rule.receivers().isEmpty()) {
            return Optional.of(ruled(generation, rule, address));
        }
        if (rule.action() == Action.APPLY) {
            throw new SealingRefusedException(
                    Rejection.PLAINTEXT_REFUSED,
                    "Messages to " + address + " have to be sealed, but to whom is not known; name the receivers in "
                            + owner.configuration());
        }
        return unsealed(rule, address);
    }

    /** Nobody becomes a receiver by asking whom policy does not name, and no address is closed that policy lets pass. */
    private static ReplyBook.Scope scope(AddressPolicy rule) {
        boolean toAnybody = rule.receivers().isEmpty();
        return new ReplyBook.Scope(
                asker -> toAnybody || rule.receivers().contains(asker), rule.action() != Action.APPLY, !toAnybody);
    }

    private Optional<SealingDialog> unsealed(AddressPolicy rule, String address) {
        if (rule.action() == Action.DROP) {
            throw new SealingRefusedException(
                    Rejection.DROPPED_BY_POLICY,
                    "Policy drops messages to " + address + "; see " + owner.configuration());
        }
        return Optional.empty();
    }

    private SealingDialog ruled(Generation generation, AddressPolicy rule, String address) {
        SealingDialog dialog = byAddress.get(address);
        if (dialog != null && dialog.usable(generation)) {
            return dialog;
        }
        close(dialog);
        DialogSealer sealer = generation.begin(rule, address, null, new LinkedHashSet<>(rule.receivers()));
        dialog = new SealingDialog(
                owner, generation, null, sealer, address, rule.clearProperties(), Set.copyOf(rule.receivers()), false);
        byAddress.put(address, dialog);
        return dialog;
    }

    private SealingDialog reply(Generation generation, AddressPolicy rule, String address, Request request) {
        if (Generation.isExplicit(rule)) {
            generation.requireMaySend(rule, address, request.endpoint().serviceName());
        }
        ReplyKey key = ReplyKey.of(request, address);
        SealingDialog dialog = replies.get(key);
        if (dialog != null && dialog.usable(generation)) {
            dialog.renew(request.message());
            return dialog;
        }
        close(dialog);
        Set<ServiceName> asker = Set.of(request.asker());
        ServiceName self = request.endpoint().serviceName();
        dialog = new SealingDialog(
                owner,
                generation,
                request.isReply() ? null : request.endpoint(),
                request.isReply()
                        ? generation.begin(rule, address, self, asker)
                        : request.endpoint().reply(request.message()),
                address,
                rule.clearProperties(),
                asker,
                false);
        replies.put(key, dialog);
        return dialog;
    }

    /**
     * Begins a dialog the application holds itself. It ends when it is closed, or with these dialogs.
     *
     * @param address where its messages are sent
     * @param as who speaks, or null for the first service of this process that may
     * @param targets the services it is opened to
     * @throws SealingRefusedException if that is not possible, or policy does not seal messages to the address
     */
    public synchronized SealingDialog begin(String address, ServiceName as, Set<ServiceName> targets) {
        return held(address, targets, (generation, rule) -> generation.begin(rule, address, as, targets));
    }

    /**
     * Goes on in a dialog a service of this process began, in an earlier life or in another instance that shares its
     * endpoint state. It ends when it is closed, or with these dialogs.
     *
     * @param address where its messages are sent
     * @throws SealingRefusedException if nothing is remembered of the dialog, it has ended, or policy does not seal messages
     *     to the address
     */
    public synchronized SealingDialog resume(String address, DialogId dialogId) {
        return held(address, null, (generation, rule) -> generation.resume(rule, address, dialogId));
    }

    /** @param receivers null if they are not known */
    private SealingDialog held(
            String address, Set<ServiceName> receivers, BiFunction<Generation, AddressPolicy, DialogSealer> open) {
        try {
            Generation generation = owner.generation();
            AddressPolicy rule = generation.rule(address);
            if (rule.action() == Action.DROP || (Generation.isExplicit(rule) && rule.action() != Action.APPLY)) {
                throw new SealingRefusedException(
                        Rejection.DROPPED_BY_POLICY,
                        "Policy does not seal messages to " + address + "; see " + owner.configuration());
            }
            DialogSealer sealer = open.apply(generation, rule);
            return new SealingDialog(owner, generation, null, sealer, address, rule.clearProperties(), receivers, true);
        } catch (SealingRefusedException e) {
            owner.refusedOutgoing(address, e.reason(), e.getMessage());
            throw e;
        }
    }

    private void use(SealingDialog dialog) {
        if (transacted && dialog.use()) {
            uncommitted.add(dialog);
        }
    }

    /** What was sealed has been sent for good. */
    public synchronized void committed() {
        uncommitted.forEach(SealingDialog::committed);
        uncommitted.clear();
    }

    /** What was sealed since the last commit has not been sent: its dialogs would have gaps, and end. */
    public synchronized void rolledBack() {
        uncommitted.forEach(SealingDialog::abandon);
        uncommitted.clear();
    }

    private static void close(SealingDialog dialog) {
        if (dialog != null) {
            dialog.close();
        }
    }

    /** Erases the keys of all dialogs. */
    @Override
    public synchronized void close() {
        byAddress.values().forEach(SealingDialog::close);
        replies.values().forEach(SealingDialog::close);
        byAddress.clear();
        replies.clear();
        uncommitted.clear();
    }
}
