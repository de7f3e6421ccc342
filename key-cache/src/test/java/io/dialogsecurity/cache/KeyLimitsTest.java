package io.dialogsecurity.cache;

import static io.dialogsecurity.cache.TestServices.ORDERS;
import static io.dialogsecurity.cache.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.cache.TestServices.SHIPPING;
import static io.dialogsecurity.cache.TestServices.opened;
import static io.dialogsecurity.cache.TestServices.parsed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.EnvelopeStreamException;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.OpenedStream;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.dialog.StreamOutcome;
import io.dialogsecurity.id.KeyId;
import io.dialogsecurity.policy.KeyLimits;
import io.dialogsecurity.wire.Envelope;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.StaticHeaders;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys are replaced early, beside the traffic, and never used beyond a limit. */
class KeyLimitsTest {

    private static final MessageContent HELLO = MessageContent.text("hello");
    private static final Duration AGE = Duration.ofHours(10);
    private static final long MANY = 1L << 31;

    private static EndpointPolicy keyExchangeKey(TestServices services, KeyLimits limits) {
        EndpointPolicy policy = services.policy();
        return policy.with(policy.limits().withKeyExchangeKey(limits));
    }

    private static EndpointPolicy dialogKey(TestServices services, KeyLimits limits) {
        EndpointPolicy policy = services.policy();
        return policy.with(policy.limits().withDialogKey(limits));
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("The next key exchange key is made in the background, once, before the old one ends; nobody waits")
    void refreshesEarly(Suite suite) {
        TestServices services = new TestServices(suite);
        DialogEndpoint sender = services.endpoint(
                ORDER_ENTRY, CaffeineCaches.withDefaults(), keyExchangeKey(services, new KeyLimits(AGE, MANY, MANY)));
        DialogEndpoint receiver = services.endpoint(SHIPPING);
        DialogSealer sealer = sender.begin(Set.of(SHIPPING));
        Envelope first = parsed(sealer.seal(HELLO, "orders"));
        CryptoCounters.Snapshot start = sender.counters();

        services.pass(AGE.multipliedBy(89).dividedBy(100));
        sealer.seal(HELLO, "orders");
        assertThat(services.background).isEmpty();

        services.pass(AGE.multipliedBy(7).dividedBy(100));
        for (int i = 0; i < 3; i++) {
            assertThat(parsed(sealer.seal(HELLO, "orders")).keyExchangeKey()).isEqualTo(first.keyExchangeKey());
            sender.begin(Set.of(SHIPPING)).close();
        }
        assertThat(services.background).hasSize(1);
        assertThat(sender.counters().since(start).publicKeyOperations()).isZero();

        services.background.remove().run();
        CryptoCounters.Snapshot refreshed = sender.counters();
        assertThat(refreshed.since(start).signatures()).isEqualTo(1);
        assertThat(refreshed.since(start).publicKeyWraps()).isEqualTo(2);
        byte[] next = sealer.seal(HELLO, "orders");
        assertThat(parsed(next).keyExchangeKey()).isNotEqualTo(first.keyExchangeKey());
        assertThat(sender.counters().since(refreshed).publicKeyOperations()).isZero();
        opened(receiver.open(next, ORDERS));
        assertThat(services.background).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("A dialog that uses up its key exchange key message by message has the next one before the last")
    void refreshesBeforeUsedUp(Suite suite) {
        TestServices services = new TestServices(suite);
        DialogEndpoint sender = services.endpoint(
                ORDER_ENTRY, CaffeineCaches.withDefaults(), keyExchangeKey(services, new KeyLimits(AGE, 100, MANY)));
        DialogSealer sealer = sender.begin(Set.of(SHIPPING));
        int sealed = 0;
        while (services.background.isEmpty()) {
            sealer.seal(HELLO, "orders");
            sealed++;
        }
        assertThat(sealed).isBetween(80, 85);
        services.background.remove().run();
        CryptoCounters.Snapshot refreshed = sender.counters();
        for (int i = 0; i < 50; i++) {
            sealer.seal(HELLO, "orders");
        }
        assertThat(sender.counters().since(refreshed).publicKeyOperations()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("Where nothing happens in the background, no key is used beyond its age all the same")
    void ages(Suite suite) {
        TestServices services = new TestServices(suite);
        Duration dialogAge = Duration.ofHours(1);
        EndpointPolicy aged = keyExchangeKey(services, new KeyLimits(AGE, MANY, MANY));
        EndpointPolicy policy = aged.with(aged.limits().withDialogKey(new KeyLimits(dialogAge, MANY, MANY)));
        DialogEndpoint sender = services.endpoint(ORDER_ENTRY, CaffeineCaches.withDefaults(), policy);
        DialogEndpoint receiver = services.endpoint(SHIPPING);
        DialogSealer sealer = sender.begin(Set.of(SHIPPING));
        List<Envelope> envelopes = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            byte[] envelope = sealer.seal(HELLO, "orders");
            opened(receiver.open(envelope, ORDERS));
            envelopes.add(parsed(envelope));
            services.pass(Duration.ofMinutes(13));
        }
        assertThat(envelopes).allSatisfy(envelope -> {
            long created = envelope.preamble().creationTimeMillis();
            assertThat(created)
                    .isGreaterThanOrEqualTo(envelope.keyExchangeKey().notBeforeMillis())
                    .isLessThan(envelope.keyExchangeKey().notAfterMillis())
                    .isGreaterThanOrEqualTo(envelope.dialogSessionKey().notBeforeMillis())
                    .isLessThan(envelope.dialogSessionKey().notAfterMillis());
            assertThat(envelope.dialogSessionKey().notAfterMillis())
                    .isLessThanOrEqualTo(envelope.keyExchangeKey().notAfterMillis());
        });
        assertThat(sender.counters().signatures())
                .as("32.5 hours of keys of 10 hours")
                .isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("Many dialogs at once do not use a key exchange key beyond its messages or bytes")
    void sharedLimits(Suite suite) throws Exception {
        TestServices services = new TestServices(suite);
        int bytes = HELLO_BYTES * 15;
        DialogEndpoint sender = services.endpoint(
                ORDER_ENTRY, CaffeineCaches.withDefaults(), keyExchangeKey(services, new KeyLimits(AGE, 20, bytes)));
        Collection<Envelope> envelopes = new ConcurrentLinkedQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                done.add(threads.submit(() -> {
                    try (DialogSealer sealer = sender.begin(Set.of(SHIPPING))) {
                        for (int i = 0; i < 25; i++) {
                            envelopes.add(parsed(sealer.seal(HELLO, "orders")));
                        }
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get(1, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        Map<KeyId, Long> messages = envelopes.stream()
                .collect(Collectors.groupingBy(
                        envelope -> envelope.keyExchangeKey().keyId(), Collectors.counting()));
        assertThat(envelopes).hasSize(100);
        assertThat(messages.values()).allMatch(count -> count <= 15);
    }

    private static final int HELLO_BYTES = 5;

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("The limits of a dialog key shift it, without a public-key operation on either side")
    void shiftsDialogKeys(Suite suite) {
        TestServices services = new TestServices(suite);
        DialogEndpoint byMessages = services.endpoint(
                ORDER_ENTRY, CaffeineCaches.withDefaults(), dialogKey(services, new KeyLimits(AGE, 3, MANY)));
        DialogEndpoint byBytes = services.endpoint(
                ORDER_ENTRY,
                CaffeineCaches.withDefaults(),
                dialogKey(services, new KeyLimits(AGE, MANY, 3 * HELLO_BYTES + 2)));
        for (DialogEndpoint sender : List.of(byMessages, byBytes)) {
            DialogEndpoint receiver = services.endpoint(SHIPPING);
            DialogSealer sealer = sender.begin(Set.of(SHIPPING));
            opened(receiver.open(sealer.seal(HELLO, "orders"), ORDERS));
            CryptoCounters.Snapshot atSender = sender.counters();
            CryptoCounters.Snapshot atReceiver = receiver.counters();
            List<KeyId> keys = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                byte[] envelope = sealer.seal(HELLO, "orders");
                keys.add(parsed(envelope).dialogSessionKey().keyId());
                assertThat(opened(receiver.open(envelope, ORDERS)).sequence()).isEqualTo(i + 2);
            }
            assertThat(keys.stream().distinct()).hasSize(7);
            assertThat(sender.counters().since(atSender))
                    .isEqualTo(new CryptoCounters.Snapshot(0, 0, 0, 0, 6, 0, 20, 0));
            assertThat(receiver.counters().since(atReceiver))
                    .isEqualTo(new CryptoCounters.Snapshot(0, 0, 0, 0, 0, 6, 0, 20));
        }
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("A message larger than a key may seal is refused, not sealed beyond the limit")
    void tooLarge(Suite suite) {
        TestServices services = new TestServices(suite);
        KeyLimits small = new KeyLimits(AGE, MANY, HELLO_BYTES - 1);
        for (EndpointPolicy policy : List.of(keyExchangeKey(services, small), dialogKey(services, small))) {
            DialogEndpoint sender = services.endpoint(ORDER_ENTRY, CaffeineCaches.withDefaults(), policy);
            DialogSealer sealer = sender.begin(Set.of(SHIPPING));
            assertThatThrownBy(() -> sealer.seal(HELLO, "orders"))
                    .isInstanceOfSatisfying(
                            SealingRefusedException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Rejection.TOO_LARGE));
            assertThat(sender.counters().aeadSeals()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("A dialog that takes portions of several messages does not use a key exchange key beyond its bytes")
    void portions(Suite suite) {
        TestServices services = new TestServices(suite);
        long bytes = 1_000_000;
        KeyLimits limits = new KeyLimits(AGE, 1_000_000, bytes); // ten messages a portion, as by default
        DialogEndpoint sender =
                services.endpoint(ORDER_ENTRY, CaffeineCaches.withDefaults(), keyExchangeKey(services, limits));
        MessageContent content = MessageContent.bytes(new byte[10_000]);
        Map<KeyId, Long> sealed = new HashMap<>();
        try (DialogSealer one = sender.begin(Set.of(SHIPPING));
                DialogSealer other = sender.begin(Set.of(SHIPPING))) {
            for (int i = 0; i < 500; i++) {
                Envelope envelope = parsed((i % 3 == 0 ? one : other).seal(content, "orders"));
                sealed.merge(envelope.keyExchangeKey().keyId(), 10_000L, Long::sum);
            }
        }
        assertThat(sealed).hasSizeBetween(5, 8);
        assertThat(sealed.values()).allMatch(sum -> sum <= bytes);
    }

    /** A stream of so many bytes, in one dialog after the other. */
    private static byte[] streamed(DialogSealer sealer, int bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream stream = sealer.sealStream(MessageContent.bytes(new byte[0]), "orders", out)) {
            for (int written = 0; written < bytes; written += 1000) {
                stream.write(new byte[Math.min(1000, bytes - written)]);
            }
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("Streams count: no key seals more of their bytes than it may, and each of them is sealed")
    void streams(Suite suite) throws Exception {
        TestServices services = new TestServices(suite);
        KeyLimits limits = new KeyLimits(AGE, MANY, 1_000_000);
        for (EndpointPolicy policy : List.of(keyExchangeKey(services, limits), dialogKey(services, limits))) {
            DialogEndpoint sender = services.endpoint(ORDER_ENTRY, CaffeineCaches.withDefaults(), policy);
            DialogEndpoint receiver = services.endpoint(SHIPPING);
            Map<KeyId, Long> byExchangeKey = new HashMap<>();
            Map<KeyId, Long> byDialogKey = new HashMap<>();
            DialogSealer sealer = sender.begin(Set.of(SHIPPING));
            for (int i = 0; i < 12; i++) {
                boolean asAWhole = i % 4 == 3;
                int length = 300_000 + i * 10_000;
                byte[] envelope = asAWhole
                        ? sealer.seal(MessageContent.bytes(new byte[length]), "orders")
                        : streamed(sealer, length);
                StaticHeaders headers = (asAWhole
                                ? EnvelopeFrame.read(envelope, 0, envelope.length)
                                : EnvelopeFrame.readStreamHead(
                                        envelope, 0, EnvelopeFrame.headLength(envelope, 0, envelope.length)))
                        .staticHeaders();
                byExchangeKey.merge(headers.keyExchangeKey().keyId(), (long) length, Long::sum);
                byDialogKey.merge(headers.dialogSessionKey().keyId(), (long) length, Long::sum);
                if (!asAWhole) {
                    OpenedStream opened =
                            (OpenedStream) receiver.openStream(new ByteArrayInputStream(envelope), ORDERS);
                    assertThat(opened.payload().readAllBytes()).hasSize(length);
                }
            }
            Map<KeyId, Long> limited = policy.limits().dialogKey().equals(limits) ? byDialogKey : byExchangeKey;
            assertThat(limited).hasSizeGreaterThan(3);
            assertThat(limited.values()).allMatch(sum -> sum <= 1_000_000);
        }
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName(
            "A stream that alone is more than a key may seal is broken off, never opens, and what follows is sealed")
    void endlessStream(Suite suite) throws Exception {
        TestServices services = new TestServices(suite);
        KeyLimits limits = new KeyLimits(AGE, MANY, 1_000_000);
        for (EndpointPolicy policy : List.of(keyExchangeKey(services, limits), dialogKey(services, limits))) {
            DialogEndpoint sender = services.endpoint(ORDER_ENTRY, CaffeineCaches.withDefaults(), policy);
            DialogEndpoint receiver = services.endpoint(SHIPPING);
            DialogSealer sealer = sender.begin(Set.of(SHIPPING));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            OutputStream stream = sealer.sealStream(MessageContent.bytes(new byte[0]), "orders", out);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1_200; i++) {
                            stream.write(new byte[1000]);
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("max-bytes");
            assertThatThrownBy(stream::close).isInstanceOf(IOException.class);
            assertThat(out.size()).isLessThan(1_020_000);
            StreamOutcome cut = receiver.openStream(new ByteArrayInputStream(out.toByteArray()), ORDERS);
            assertThatThrownBy(() -> ((OpenedStream) cut).payload().readAllBytes())
                    .isInstanceOf(EnvelopeStreamException.class);
            opened(receiver.open(sealer.seal(HELLO, "orders"), ORDERS));
        }
    }
}
