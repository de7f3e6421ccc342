package io.dialogsecurity.cache;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.EnvelopeGuard;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.OpenedStream;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.dialog.VerifiedEnvelope;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.identity.TrustStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Seals and opens messages nobody sent, right after start-up, so that the first ones somebody does send meet compiled
 * code. A fresh Java machine takes some hundred microseconds for a small message and 20 ms for a megabyte, and learns to do
 * it in one only after thousands of messages; every path (small, large, in place, streamed, guarded) learns for itself.
 *
 * <p>Takes some seconds of one thread of its own, which ends by itself. All keys are made for it and erased after it;
 * endpoints, caches and counters of others are not touched.
 */
public final class Priming implements AutoCloseable {

    private static final int SMALL_MESSAGES = 12_000;
    private static final int LARGE_MESSAGES = 2_000;
    private static final int STREAMS = 100;
    private static final int CONVERSATIONS = 20;
    private static final int LARGE_BYTES = 80 * 1024;

    private static final ServiceName INITIATOR = new ServiceName("priming-initiator");
    private static final ServiceName TARGET = new ServiceName("priming-target");
    private static final String ADDRESS = "priming";
    private static final Reception HERE = Reception.at(ADDRESS);

    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile boolean stopped;

    private Priming() {}

    /**
     * Starts in a daemon thread and returns at once.
     *
     * @param suites whose public-key operations shall be primed too; making an RSA key for suite 1 takes a second more
     */
    public static Priming start(Set<Suite> suites) {
        Priming priming = new Priming();
        Thread thread = new Thread(() -> priming.run(suites), "dialog-security-priming");
        thread.setDaemon(true);
        thread.start();
        return priming;
    }

    /**
     * Completes when everything is primed or priming was stopped, exceptionally if it failed. A failure is worth a line in
     * the log, and nothing else: what real messages need is made again for them.
     */
    public CompletableFuture<Void> done() {
        return done.copy();
    }

    /** Stops it soon; does not wait. Idempotent. */
    @Override
    public void close() {
        stopped = true;
    }

    private void run(Set<Suite> suites) {
        try {
            try (Conversation cheapKeys = new Conversation(Suite.SUITE_2)) {
                messages(cheapKeys);
            }
            for (Suite suite : suites) {
                if (!stopped) {
                    try (Conversation conversation = new Conversation(suite)) {
                        conversations(conversation);
                    }
                }
            }
            done.complete(null);
        } catch (IOException | RuntimeException | Error e) {
            done.completeExceptionally(e);
        }
    }

    private void messages(Conversation conversation) throws IOException {
        byte[] payload = new byte[LARGE_BYTES];
        try (DialogSealer requests = conversation.initiator.begin(Set.of(TARGET));
                DialogSealer replies = conversation.replies(requests)) {
            for (int i = 0; i < SMALL_MESSAGES && !stopped; i++) {
                MessageContent bytes = MessageContent.bytes(payload, 0, i % 1024);
                MessageContent content = i % 2 == 0 ? bytes : bytes.with("text/plain", Map.of("priming", i));
                conversation.request(requests.seal(content, ADDRESS));
                conversation.reply(replies.seal(content, ADDRESS));
            }
            MessageContent large = MessageContent.bytes(payload);
            byte[] room = new byte[requests.roomFor(large, ADDRESS)];
            for (int i = 0; i < LARGE_MESSAGES && !stopped; i++) {
                int length = requests.seal(large, ADDRESS, room, 0);
                // With room behind the envelope it is opened in place, else from a copy.
                require(conversation.target.open(i % 4 == 0 ? Arrays.copyOf(room, length) : room, 0, length, HERE));
            }
            for (int i = 0; i < STREAMS && !stopped; i++) {
                stream(conversation, requests, payload);
            }
        }
    }

    private static void stream(Conversation conversation, DialogSealer requests, byte[] payload) throws IOException {
        ByteArrayOutputStream envelope = new ByteArrayOutputStream(2 * LARGE_BYTES);
        try (OutputStream out = requests.sealStream(MessageContent.bytes(new byte[0]), ADDRESS, envelope)) {
            out.write(payload);
        }
        if (conversation.target.openStream(new ByteArrayInputStream(envelope.toByteArray()), HERE)
                instanceof OpenedStream opened) {
            opened.payload().readAllBytes();
        } else {
            throw new IllegalStateException("A priming stream was refused");
        }
    }

    /** First messages and replies of pairs: certificates, signatures, wraps. */
    private void conversations(Conversation conversation) {
        for (int i = 0; i < CONVERSATIONS && !stopped; i++) {
            conversation.forget();
            try (DialogSealer requests = conversation.initiator.begin(Set.of(TARGET));
                    DialogSealer replies = conversation.replies(requests)) {
                conversation.reply(replies.seal(MessageContent.text("reply"), ADDRESS));
            }
        }
    }

    private static Opened require(OpenOutcome outcome) {
        if (outcome instanceof Opened opened) {
            return opened;
        }
        throw new IllegalStateException("A priming message was refused: " + outcome);
    }

    /** Two services that exist for the time of priming, and a guard between them. */
    private static final class Conversation implements AutoCloseable {

        private final EndpointPolicy policy;
        private final TrustContext trust;
        private final CaffeineCaches caches = CaffeineCaches.withDefaults();
        private final ServiceIdentity initiatorIdentity;
        private final ServiceIdentity targetIdentity;
        private final DialogEndpoint initiator;
        private final DialogEndpoint target;
        private final EnvelopeGuard guard;

        Conversation(Suite suite) {
            Instant now = Instant.now();
            Instant from = now.minus(Duration.ofHours(1));
            Instant to = now.plus(Duration.ofHours(1));
            CertificateAuthority authority = CertificateAuthority.root("Priming", from, to);
            this.initiatorIdentity = authority.issue(INITIATOR, suite, from, to).identity();
            this.targetIdentity = authority.issue(TARGET, suite, from, to).identity();
            this.policy = EndpointPolicy.defaults().preferring(suite);
            this.trust = new TrustContext(
                    TrustStore.of(List.of(authority.certificate()), List.of(), Set.of()),
                    ListedCertificates.of(List.of(initiatorIdentity.certificate(), targetIdentity.certificate())));
            this.initiator = endpoint(initiatorIdentity);
            this.target = endpoint(targetIdentity);
            this.guard = new EnvelopeGuard(policy, trust, caches, InstantSource.system());
        }

        private DialogEndpoint endpoint(ServiceIdentity identity) {
            return DialogEndpoint.builder(identity, trust)
                    .policy(policy)
                    .caches(caches)
                    .build();
        }

        Opened request(byte[] envelope) {
            if (!(guard.check(envelope, 0, envelope.length) instanceof VerifiedEnvelope)) {
                throw new IllegalStateException("A priming message was refused by the guard");
            }
            return require(target.open(envelope, HERE));
        }

        void reply(byte[] envelope) {
            require(initiator.open(envelope, HERE));
        }

        /** The sealer of replies to a first message. */
        DialogSealer replies(DialogSealer requests) {
            return target.reply(request(requests.seal(MessageContent.text("first"), ADDRESS)));
        }

        void forget() {
            caches.clear();
        }

        @Override
        public void close() {
            initiator.close();
            target.close();
            caches.clear();
            initiatorIdentity.close();
            targetIdentity.close();
        }
    }
}
