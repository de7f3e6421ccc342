package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.BILLING;
import static io.dialogsecurity.dialog.TestServices.MALLORY;
import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Leasable;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.state.DerivedCache;
import io.dialogsecurity.state.DerivedCaches;
import io.dialogsecurity.wire.DialogSessionKeyHeader;
import io.dialogsecurity.wire.Envelope;
import io.dialogsecurity.wire.EnvelopeCodec;
import io.dialogsecurity.wire.EnvelopeFrame;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnvelopeGuardTest {

    /** Keeps everything, so that what one envelope left behind meets the next one. */
    private static final class KeepEverything implements DerivedCaches {
        @Override
        public <K, V extends Leasable> DerivedCache<K, V> create(CacheName name) {
            Map<K, V> values = new ConcurrentHashMap<>();
            return new DerivedCache<>() {
                @Override
                public V lease(K key, Function<? super K, ? extends V> derive) {
                    V value = values.computeIfAbsent(key, derive);
                    assertThat(value.tryLease()).isTrue();
                    return value;
                }

                @Override
                public void put(K key, V value) {
                    values.put(key, value);
                }

                @Override
                public void invalidate(K key, V value) {
                    values.remove(key, value);
                }

                @Override
                public void invalidateIf(Predicate<? super V> condition) {
                    values.values().removeIf(condition);
                }

                @Override
                public long size() {
                    return values.size();
                }
            };
        }
    }

    private static EnvelopeGuard guard(DerivedCaches caches) {
        return new EnvelopeGuard(
                EndpointPolicy.defaults(), TestServices.anchorsAlone(), caches, () -> TestServices.NOW);
    }

    private static DialogEndpoint sender(ServiceName name, Suite suite) {
        return TestServices.endpoint(name, suite, TestServices.everybody(suite)).build();
    }

    @Test
    @DisplayName("Whoever claims another's dialog key first costs time, and never an honest message")
    void claimedNamesNeverRefuse() throws Exception {
        byte[] honest = sender(ORDER_ENTRY, Suite.SUITE_2)
                .begin(Set.of(SHIPPING))
                .seal(MessageContent.text("honest"), "orders");
        DialogSessionKeyHeader victim = EnvelopeCodec.parse(honest).dialogSessionKey();
        Envelope own = EnvelopeCodec.parse(
                sender(MALLORY, Suite.SUITE_2).begin(Set.of(SHIPPING)).seal(MessageContent.text("poison"), "orders"));
        // A guard cannot check a commitment: Mallory's signed headers with the victim's names pass it.
        byte[] poison = EnvelopeCodec.encode(new Envelope(
                own.preamble(),
                own.servicePair(),
                own.keyExchangeKey(),
                victim,
                own.message(),
                own.body(),
                own.senderSignature()));
        EnvelopeGuard guard = guard(new KeepEverything());
        assertThat(guard.check(poison, 0, poison.length))
                .isInstanceOfSatisfying(
                        VerifiedEnvelope.class,
                        verified -> assertThat(verified.sender()).isEqualTo(MALLORY));
        for (int i = 0; i < 3; i++) {
            assertThat(guard.check(honest, 0, honest.length))
                    .isInstanceOfSatisfying(VerifiedEnvelope.class, verified -> {
                        assertThat(verified.sender()).isEqualTo(ORDER_ENTRY);
                        assertThat(verified.senderFingerprint())
                                .isEqualTo(Bytes.copyOf(TestServices.issued(ORDER_ENTRY, Suite.SUITE_2)
                                        .certificate()
                                        .fingerprint()));
                    });
        }
        // The endpoint can, and does: the claim does not even get into its cache.
        DialogEndpoint receiver = TestServices.endpoint(SHIPPING, Suite.SUITE_2, TestServices.anchorsAlone())
                .caches(new KeepEverything())
                .build();
        assertThat(receiver.open(poison, Reception.at("orders"))).isInstanceOf(Rejected.class);
        assertThat(receiver.open(honest, Reception.at("orders"))).isInstanceOf(Opened.class);
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("One verification serves all dialogs of a pair")
    void amortises(Suite suite) {
        EnvelopeGuard guard = guard(new KeepEverything());
        DialogEndpoint sender = TestServices.endpoint(ORDER_ENTRY, suite, TestServices.everybody(suite))
                .caches(new KeepEverything())
                .build();
        for (int dialog = 0; dialog < 10; dialog++) {
            DialogSealer sealer = sender.begin(Set.of(SHIPPING));
            for (int i = 0; i < 5; i++) {
                byte[] envelope = sealer.seal(MessageContent.text("hello"), "orders");
                assertThat(guard.check(envelope, 0, envelope.length)).isInstanceOf(VerifiedEnvelope.class);
            }
        }
        assertThat(guard.counters().verifications()).isEqualTo(1);
        assertThat(guard.counters().publicKeyUnwraps()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("Where messages are signed, the guard proves the sender, and notices a changed body")
    void provesSenders(Suite suite) {
        byte[] envelope = sender(ORDER_ENTRY, suite)
                .begin(Set.of(SHIPPING, BILLING))
                .seal(MessageContent.text("to all"), "orders");
        EnvelopeGuard guard = guard(DerivedCaches.none());
        assertThat(guard.check(envelope, 0, envelope.length))
                .isInstanceOfSatisfying(
                        VerifiedEnvelope.class,
                        verified -> assertThat(verified.senderProven()).isTrue());
        for (int i = envelope.length - 1; i >= 0; i -= 13) {
            byte[] changed = envelope.clone();
            changed[i] ^= 0x20;
            assertThat(guard.check(changed, 0, changed.length)).as("byte " + i).isInstanceOf(Rejected.class);
        }
    }

    @Test
    @DisplayName("Of a stream the guard checks the head")
    void streamHeads() throws Exception {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        try (OutputStream out = sender(ORDER_ENTRY, Suite.SUITE_2)
                .begin(Set.of(SHIPPING))
                .sealStream(MessageContent.bytes(new byte[0]), "orders", sealed)) {
            out.write(new byte[100_000]);
        }
        byte[] bytes = sealed.toByteArray();
        int head = EnvelopeFrame.headLength(bytes, 0, bytes.length);
        assertThat(guard(DerivedCaches.none()).checkHead(bytes, 0, head)).isInstanceOf(VerifiedEnvelope.class);
        assertThat(guard(DerivedCaches.none()).checkHead(bytes, 0, head - 1)).isInstanceOf(Rejected.class);
        assertThat(guard(DerivedCaches.none()).check(bytes, 0, bytes.length)).isInstanceOf(Rejected.class);
    }
}
