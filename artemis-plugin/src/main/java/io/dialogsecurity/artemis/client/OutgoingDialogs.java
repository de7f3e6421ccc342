package io.dialogsecurity.artemis.client;

import io.dialogsecurity.artemis.client.ReplyBook.Request;
import io.dialogsecurity.artemis.speaker.Generation;
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

    private record ReplyKey(DialogId dialogId, String address) {}

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
     * In which dialog a message is to be sealed.
     *
     * @param address where it is sent, without queue name and prefix
     * @param correlationId the request it replies to, or null
     * @param replyTo where replies are expected, or null
     * @return empty if policy lets it pass unsealed
     * @throws SealingRefusedException if it must not be sent; counted and audited
     */
    public synchronized Optional<SealingDialog> dialogFor(String address, String correlationId, String replyTo) {
        try {
            Optional<SealingDialog> dialog = choose(address, correlationId);
            dialog.ifPresent(this::use);
            if (dialog.isEmpty()) {
                owner.count().sentUnsealed.increment();
            } else if (replyTo != null) {
                owner.replies().await(replyTo);
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

    private Optional<SealingDialog> choose(String address, String correlationId) {
        Generation generation = owner.generation();
        AddressPolicy rule = generation.rule(address);
        boolean explicit = Generation.isExplicit(rule);
        if (explicit && rule.action() != Action.APPLY) {
            return unsealed(rule, address);
        }
        Optional<Request> request = owner.replies().request(address, correlationId);
        if (request.isEmpty() && rule.receivers().isEmpty()) {
            request = owner.replies().latestRequest(address);
        }
        if (request.isPresent()) {
            return Optional.of(reply(generation, rule, address, request.get()));
        }
        if (!rule.receivers().isEmpty()) {
            return Optional.of(ruled(generation, rule, address));
        }
        if (owner.replies().isReplyAddress(address)) {
            throw new SealingRefusedException(
                    Rejection.PLAINTEXT_REFUSED,
                    "The sealed request that named " + address + " for its replies is not remembered any more; reply"
                            + " within a day, with the request's message id or correlation id as correlation id");
        }
        if (rule.action() == Action.APPLY) {
            throw new SealingRefusedException(
                    Rejection.PLAINTEXT_REFUSED,
                    "Messages to " + address + " have to be sealed, but to whom is not known; name the receivers in "
                            + owner.configuration());
        }
        return unsealed(rule, address);
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
        dialog = new SealingDialog(owner, generation, null, sealer, address, rule.clearProperties(), false);
        byAddress.put(address, dialog);
        return dialog;
    }

    private SealingDialog reply(Generation generation, AddressPolicy rule, String address, Request request) {
        if (Generation.isExplicit(rule)) {
            generation.requireMaySend(rule, address, request.endpoint().serviceName());
        }
        ReplyKey key = new ReplyKey(request.message().dialogId(), address);
        SealingDialog dialog = replies.get(key);
        if (dialog != null && dialog.usable(generation)) {
            dialog.renew(request.message());
            return dialog;
        }
        close(dialog);
        dialog = new SealingDialog(
                owner,
                generation,
                request.endpoint(),
                request.endpoint().reply(request.message()),
                address,
                rule.clearProperties(),
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
        return held(address, (generation, rule) -> generation.begin(rule, address, as, targets));
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
        return held(address, (generation, rule) -> generation.resume(rule, address, dialogId));
    }

    private SealingDialog held(String address, BiFunction<Generation, AddressPolicy, DialogSealer> open) {
        try {
            Generation generation = owner.generation();
            AddressPolicy rule = generation.rule(address);
            if (rule.action() == Action.DROP || (Generation.isExplicit(rule) && rule.action() != Action.APPLY)) {
                throw new SealingRefusedException(
                        Rejection.DROPPED_BY_POLICY,
                        "Policy does not seal messages to " + address + "; see " + owner.configuration());
            }
            DialogSealer sealer = open.apply(generation, rule);
            return new SealingDialog(owner, generation, null, sealer, address, rule.clearProperties(), true);
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
