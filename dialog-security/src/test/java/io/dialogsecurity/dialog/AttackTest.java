package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.BILLING;
import static io.dialogsecurity.dialog.TestServices.MALLORY;
import static io.dialogsecurity.dialog.TestServices.NOW;
import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.DialogKey;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import io.dialogsecurity.policy.KeyLimits;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.DialogSessionKeyHeader;
import io.dialogsecurity.wire.Envelope;
import io.dialogsecurity.wire.EnvelopeCodec;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.HeaderCodec;
import io.dialogsecurity.wire.KeyExchangeKeyHeader;
import io.dialogsecurity.wire.MessageHeader;
import io.dialogsecurity.wire.SecurityPreamble;
import io.dialogsecurity.wire.SenderSignature;
import io.dialogsecurity.wire.ServicePairHeader;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attacks each promise of the threat model that the library alone has to keep. */
class AttackTest {

    private static final Reception AT_ORDERS = Reception.at("orders");

    private static DialogEndpoint endpoint(ServiceName name, Suite suite) {
        return TestServices.endpoint(name, suite, TestServices.everybody(suite)).build();
    }

    private static byte[] sealed(DialogSealer sealer) {
        return sealer.seal(MessageContent.text("pay 100 to alice"), "orders");
    }

    private static byte[] altered(byte[] envelope, UnaryOperator<Envelope> attack) throws EnvelopeFormatException {
        return EnvelopeCodec.encode(attack.apply(EnvelopeCodec.parse(envelope)));
    }

    private static Envelope with(
            Envelope e, ServicePairHeader pair, KeyExchangeKeyHeader kek, DialogSessionKeyHeader dialog) {
        return new Envelope(e.preamble(), pair, kek, dialog, e.message(), e.body(), e.senderSignature());
    }

    private static Envelope with(Envelope e, MessageHeader message) {
        return new Envelope(
                e.preamble(),
                e.servicePair(),
                e.keyExchangeKey(),
                e.dialogSessionKey(),
                message,
                e.body(),
                e.senderSignature());
    }

    private static Envelope with(Envelope e, SecurityPreamble preamble) {
        return new Envelope(
                preamble,
                e.servicePair(),
                e.keyExchangeKey(),
                e.dialogSessionKey(),
                e.message(),
                e.body(),
                e.senderSignature());
    }

    private static void assertRefused(DialogEndpoint receiver, byte[] envelope, Rejection reason) {
        assertThat(receiver.open(envelope, AT_ORDERS))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("A captured signed header with another key exchange key does not pass")
    void capturedHeaderWithForeignKey(Suite suite) throws Exception {
        byte[] honest = sealed(endpoint(ORDER_ENTRY, suite).begin(Set.of(SHIPPING)));
        byte[] forged = sealed(endpoint(MALLORY, suite).begin(Set.of(SHIPPING)));
        Envelope captured = EnvelopeCodec.parse(honest);
        // Mallory keeps her key exchange key, dialog key and body, and puts the initiator's signed header before them.
        byte[] attack = altered(forged, e -> with(e, captured.servicePair(), e.keyExchangeKey(), e.dialogSessionKey()));
        assertRefused(endpoint(SHIPPING, suite), attack, Rejection.SIGNATURE_INVALID);
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("A foreign wrap under one's own signature leads to another key: nobody claims another's messages")
    void stolenWrapsUnderOwnSignature(Suite suite) throws Exception {
        byte[] honest = sealed(endpoint(ORDER_ENTRY, suite).begin(Set.of(SHIPPING)));
        byte[] own = sealed(endpoint(MALLORY, suite).begin(Set.of(SHIPPING)));
        Envelope e = EnvelopeCodec.parse(honest);
        Envelope m = EnvelopeCodec.parse(own);
        byte[] keyLayer = HeaderCodec.encode(e.keyExchangeKey());
        byte[] transcript = Transcript.pairSignature(suite, HeaderCodec.signedPart(m.servicePair()), keyLayer);
        Bytes signature = Bytes.copyOf(
                TestServices.issued(MALLORY, suite).identity().key().sign(suite, transcript));
        byte[] attack = EnvelopeCodec.encode(
                with(e, m.servicePair().withSignature(signature), e.keyExchangeKey(), e.dialogSessionKey()));
        // Suite 1 unwraps the stolen secret but derives another key from it; suite 2 does not even unwrap it.
        assertRefused(
                endpoint(SHIPPING, suite),
                attack,
                suite == Suite.SUITE_1 ? Rejection.DIALOG_KEY_INVALID : Rejection.KEY_EXCHANGE_KEY_INVALID);
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("A layer spliced in from another dialog, pair or direction never opens")
    void splicedLayers(Suite suite) throws Exception {
        DialogEndpoint initiator = endpoint(ORDER_ENTRY, suite);
        DialogEndpoint target = endpoint(SHIPPING, suite);
        byte[] first = sealed(initiator.begin(Set.of(SHIPPING)));
        Envelope second = EnvelopeCodec.parse(sealed(initiator.begin(Set.of(SHIPPING))));
        Envelope otherPair = EnvelopeCodec.parse(sealed(endpoint(BILLING, suite).begin(Set.of(SHIPPING))));

        assertRefused(
                target,
                altered(first, e -> with(e, e.servicePair(), e.keyExchangeKey(), otherPair.dialogSessionKey())),
                Rejection.DIALOG_KEY_INVALID);
        assertRefused(
                target,
                altered(first, e -> with(e, otherPair.servicePair(), otherPair.keyExchangeKey(), e.dialogSessionKey())),
                Rejection.DIALOG_KEY_INVALID);
        assertRefused(
                target,
                altered(first, e -> with(e, e.servicePair(), otherPair.keyExchangeKey(), e.dialogSessionKey())),
                Rejection.SIGNATURE_INVALID);
        // Caches off, each begin() makes a pair of its own, so the second dialog's headers are all of another pair.
        assertRefused(
                target,
                altered(first, e -> with(e, second.servicePair(), second.keyExchangeKey(), second.dialogSessionKey())),
                Rejection.MIC_INVALID);
        assertRefused(
                target,
                altered(first, e -> with(e, e.servicePair(), e.keyExchangeKey(), turned(e.dialogSessionKey()))),
                Rejection.DIALOG_KEY_INVALID);
    }

    private static DialogSessionKeyHeader turned(DialogSessionKeyHeader header) {
        return new DialogSessionKeyHeader(
                header.dialogId(),
                Direction.TARGET_TO_INITIATOR,
                1,
                header.keyId(),
                header.notBeforeMillis(),
                header.notAfterMillis(),
                header.wrappedSecret(),
                header.commitment());
    }

    @Test
    @DisplayName("A commitment to another key is noticed before anything is opened")
    void foreignCommitment() throws Exception {
        byte[] honest = sealed(endpoint(ORDER_ENTRY, Suite.SUITE_2).begin(Set.of(SHIPPING)));
        byte[] attack = altered(honest, e -> {
            DialogSessionKeyHeader header = e.dialogSessionKey();
            byte[] commitment = header.commitment().toArray();
            commitment[31] ^= 1;
            return with(
                    e,
                    e.servicePair(),
                    e.keyExchangeKey(),
                    new DialogSessionKeyHeader(
                            header.dialogId(),
                            header.direction(),
                            header.senderIndex(),
                            header.keyId(),
                            header.notBeforeMillis(),
                            header.notAfterMillis(),
                            header.wrappedSecret(),
                            Bytes.copyOf(commitment)));
        });
        DialogEndpoint receiver = endpoint(SHIPPING, Suite.SUITE_2);
        assertRefused(receiver, attack, Rejection.COMMITMENT_MISMATCH);
        assertThat(receiver.counters().aeadOpens()).isZero();
    }

    @Test
    @DisplayName("Sequence, destination, kind, flags and creation time cannot be changed")
    void alteredVariableFields() throws Exception {
        byte[] honest = sealed(endpoint(ORDER_ENTRY, Suite.SUITE_2).begin(Set.of(SHIPPING)));
        DialogEndpoint receiver = endpoint(SHIPPING, Suite.SUITE_2);
        MessageHeader m = EnvelopeCodec.parse(honest).message();
        for (MessageHeader attack : List.of(
                new MessageHeader(m.sequence() + 1, m.kind(), m.flags(), m.destination(), 0),
                new MessageHeader(m.sequence(), ContentKind.BYTES, m.flags(), m.destination(), 0),
                new MessageHeader(m.sequence(), m.kind(), m.flags() | 0x08, m.destination(), 0),
                new MessageHeader(m.sequence(), m.kind(), m.flags() | 0x01, m.destination(), 0))) {
            assertRefused(receiver, altered(honest, e -> with(e, attack)), Rejection.MIC_INVALID);
        }
        assertThat(receiver.open(
                        altered(honest, e -> with(e, new MessageHeader(m.sequence(), m.kind(), m.flags(), "bonus", 0))),
                        Reception.at("bonus")))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Rejection.MIC_INVALID));
        assertRefused(
                receiver,
                altered(honest, e -> {
                    SecurityPreamble p = e.preamble();
                    return with(
                            e,
                            new SecurityPreamble(
                                    p.major(),
                                    p.minor(),
                                    p.suite(),
                                    p.mic(),
                                    p.creationTimeMillis() + 1,
                                    p.salt(),
                                    p.headerLength()));
                }),
                Rejection.MIC_INVALID);
        assertThat(receiver.open(honest, Reception.at("elsewhere")))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Rejection.WRONG_DESTINATION));
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("Of several targets, none speaks as the initiator to another, although they share the keys")
    void targetSpeaksAsInitiator(Suite suite) throws Exception {
        DialogEndpoint initiator = endpoint(ORDER_ENTRY, suite);
        byte[] honest = initiator.begin(Set.of(SHIPPING, BILLING)).seal(MessageContent.text("to all"), "orders");
        DialogEndpoint billing = endpoint(BILLING, suite);
        Opened atBilling = (Opened) billing.open(honest, AT_ORDERS);
        DialogEndpoint shipping = endpoint(SHIPPING, suite);
        assertRefused(
                shipping, sealedAsInitiator(suite, billing, atBilling, honest), Rejection.SENDER_SIGNATURE_INVALID);
        // Nor does it help to copy the initiator's signature, or to leave it out.
        Envelope captured = EnvelopeCodec.parse(honest);
        assertRefused(
                shipping,
                altered(
                        sealedAsInitiator(suite, billing, atBilling, honest),
                        e -> new Envelope(
                                e.preamble(),
                                e.servicePair(),
                                e.keyExchangeKey(),
                                e.dialogSessionKey(),
                                e.message(),
                                e.body(),
                                captured.senderSignature())),
                Rejection.SENDER_SIGNATURE_INVALID);
        assertRefused(
                shipping,
                altered(
                        sealedAsInitiator(suite, billing, atBilling, honest),
                        e -> new Envelope(
                                e.preamble(),
                                e.servicePair(),
                                e.keyExchangeKey(),
                                e.dialogSessionKey(),
                                new MessageHeader(
                                        e.message().sequence(),
                                        e.message().kind(),
                                        e.message().flags() & ~0x04,
                                        e.message().destination(),
                                        0),
                                e.body(),
                                Optional.empty())),
                Rejection.SENDER_SIGNATURE_INVALID);
    }

    /** Everything a target knows, used to seal with the sender index of the initiator. */
    private static byte[] sealedAsInitiator(Suite suite, DialogEndpoint insider, Opened opened, byte[] captured)
            throws Exception {
        Envelope e = EnvelopeCodec.parse(captured);
        byte[] pair = HeaderCodec.encode(e.servicePair());
        byte[] key = HeaderCodec.encode(e.keyExchangeKey());
        byte[] layers = Arrays.copyOf(pair, pair.length + key.length);
        System.arraycopy(key, 0, layers, pair.length, key.length);
        SealingPair stolen = new SealingPair(
                suite,
                Authenticity.SIGNED,
                0,
                layers,
                insider.keyExchangeKeyOf(opened),
                e.keyExchangeKey().notBeforeMillis(),
                e.keyExchangeKey().notAfterMillis(),
                Long.MAX_VALUE,
                opened.pair(),
                insider.trustContext(),
                EndpointPolicy.defaults().keyExchangeKey());
        try (DialogSealer sealer =
                new DialogSealer(insider.replyContext(), opened.dialogId(), Direction.INITIATOR_TO_TARGET, stolen)) {
            return sealer.seal(MessageContent.text("pay mallory"), "orders");
        }
    }

    @Test
    @DisplayName("Group authenticity is refused unless policy openly accepts it")
    void groupOnlyByPolicy() {
        byte[] envelope = endpoint(ORDER_ENTRY, Suite.SUITE_2)
                .begin(Set.of(SHIPPING, BILLING), Authenticity.GROUP)
                .seal(MessageContent.text("to all"), "orders");
        assertRefused(endpoint(SHIPPING, Suite.SUITE_2), envelope, Rejection.AUTHENTICITY_NOT_ACCEPTED);
    }

    @Test
    @DisplayName("A suite outside the policy is refused; there is no fall-back")
    void suiteNotAccepted() {
        byte[] envelope = sealed(endpoint(ORDER_ENTRY, Suite.SUITE_2).begin(Set.of(SHIPPING)));
        DialogEndpoint strict = TestServices.endpoint(SHIPPING, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .policy(new EndpointPolicy(
                        Set.of(Suite.SUITE_1),
                        Suite.SUITE_1,
                        false,
                        true,
                        EndpointPolicy.defaults().limits()))
                .build();
        assertRefused(strict, envelope, Rejection.SUITE_NOT_ACCEPTED);
    }

    @Test
    @DisplayName("A message may take as long as the address it was sealed for says")
    void ageOfAnAddress() {
        byte[] envelope = sealed(endpoint(ORDER_ENTRY, Suite.SUITE_2).begin(Set.of(SHIPPING)));
        EndpointPolicy defaults = EndpointPolicy.defaults();
        for (Duration age : List.of(Duration.ofHours(1), Duration.ofDays(30))) {
            EndpointPolicy policy = new EndpointPolicy(
                    defaults.acceptedSuites(),
                    Suite.SUITE_2,
                    false,
                    true,
                    defaults.limits(),
                    destination -> destination.equals("orders") ? age : Duration.ofSeconds(1));
            assertThat(receiverAt(NOW.plus(age), policy).open(envelope, AT_ORDERS))
                    .isInstanceOf(Opened.class);
            assertRefused(receiverAt(NOW.plus(age).plusSeconds(1), policy), envelope, Rejection.STALE);
        }
    }

    @Test
    @DisplayName("The same suite number on other bytes is another transcript: relabelling a suite fails")
    void relabelledSuite() throws Exception {
        byte[] envelope = sealed(endpoint(ORDER_ENTRY, Suite.SUITE_2).begin(Set.of(SHIPPING)));
        envelope[7] = 1;
        assertRefused(endpoint(SHIPPING, Suite.SUITE_2), envelope, Rejection.SIGNATURE_INVALID);
    }

    @Test
    @DisplayName("Stale, future and out-of-validity messages are refused, however authentic")
    void times() {
        byte[] envelope = sealed(endpoint(ORDER_ENTRY, Suite.SUITE_2).begin(Set.of(SHIPPING)));
        assertRefused(receiverAt(NOW.plus(Duration.ofDays(8))), envelope, Rejection.STALE);
        assertRefused(receiverAt(NOW.minus(Duration.ofMinutes(3))), envelope, Rejection.FROM_THE_FUTURE);
        assertThat(receiverAt(NOW.minus(Duration.ofMinutes(1))).open(envelope, AT_ORDERS))
                .isInstanceOf(Opened.class);
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("In a warm dialog, too, what was sealed after the end of a certificate does not open")
    void certificateEndsInAWarmDialog(Suite suite) {
        Instant[] now = {NOW};
        Instant end = NOW.plus(Duration.ofHours(1));
        IssuedIdentity ending = TestServices.issuedUntil(ORDER_ENTRY, suite, end);
        TrustContext trust = new TrustContext(
                TestServices.trustStore(),
                ListedCertificates.of(List.of(
                        ending.certificate(),
                        TestServices.issued(SHIPPING, suite).certificate())));
        DialogSealer sealer = DialogEndpoint.builder(ending.identity(), trust)
                .policy(EndpointPolicy.defaults().preferring(suite))
                .clock(() -> now[0])
                .build()
                .begin(Set.of(SHIPPING));
        DialogEndpoint receiver = TestServices.endpoint(SHIPPING, suite, trust)
                .clock(() -> now[0])
                .caches(new UnboundedCaches())
                .build();
        assertThat(receiver.open(sealed(sealer), AT_ORDERS)).isInstanceOf(Opened.class);
        now[0] = end;
        byte[] inTime = sealed(sealer);
        now[0] = end.plusMillis(1);
        byte[] late = sealed(sealer);
        assertThat(receiver.open(inTime, AT_ORDERS)).isInstanceOf(Opened.class);
        assertRefused(receiver, late, Rejection.CERTIFICATE_EXPIRED);
        assertThat(receiver.open(inTime, AT_ORDERS)).isInstanceOf(Opened.class);
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName(
            "A certificate that begins within the skew of clocks seals, replies and is sealed to; a later one does not")
    void certificateBeginsWithinTheSkew(Suite suite) {
        Instant[] now = {NOW};
        IssuedIdentity early = TestServices.issuedFrom(ORDER_ENTRY, suite, NOW.plusSeconds(45));
        IssuedIdentity target = TestServices.issuedFrom(SHIPPING, suite, NOW.plusSeconds(90));
        TrustContext trust = new TrustContext(
                TestServices.trustStore(), ListedCertificates.of(List.of(early.certificate(), target.certificate())));
        EndpointPolicy policy = EndpointPolicy.defaults().preferring(suite); // clocks may be two minutes apart
        DialogEndpoint sender = DialogEndpoint.builder(early.identity(), trust)
                .policy(policy)
                .clock(() -> now[0])
                .build();
        DialogEndpoint receiver = DialogEndpoint.builder(target.identity(), trust)
                .policy(policy)
                .clock(() -> now[0])
                .build();
        DialogSealer sealer = sender.begin(Set.of(SHIPPING));
        DialogSealer replies = null;
        for (int seconds : new int[] {0, 44, 46, 89, 91, 1000}) {
            now[0] = NOW.plusSeconds(seconds);
            Opened opened = (Opened) receiver.open(sealed(sealer), AT_ORDERS);
            replies = replies == null ? receiver.reply(opened) : replies;
            assertThat(sender.open(sealed(replies), AT_ORDERS)).isInstanceOf(Opened.class);
        }
        now[0] = NOW.minusSeconds(31); // 121 seconds before the target's begins
        assertThatThrownBy(() -> sealed(DialogEndpoint.builder(early.identity(), trust)
                        .policy(policy)
                        .clock(() -> now[0])
                        .build()
                        .begin(Set.of(SHIPPING))))
                .isInstanceOfSatisfying(
                        SealingRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Rejection.CERTIFICATE_EXPIRED));
    }

    private static DialogEndpoint receiverAt(Instant now) {
        return receiverAt(now, EndpointPolicy.defaults());
    }

    private static DialogEndpoint receiverAt(Instant now, EndpointPolicy policy) {
        return TestServices.endpoint(SHIPPING, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .policy(policy)
                .clock(() -> now)
                .build();
    }

    @Test
    @DisplayName("A revoked certificate takes back what was believed, at the receiver and at the sender")
    void revocation() {
        DialogEndpoint sender = endpoint(ORDER_ENTRY, Suite.SUITE_2);
        DialogEndpoint receiver = endpoint(SHIPPING, Suite.SUITE_2);
        DialogSealer sealer = sender.begin(Set.of(SHIPPING));
        assertThat(receiver.open(sealed(sealer), AT_ORDERS)).isInstanceOf(Opened.class);
        TrustContext before = TestServices.everybody(Suite.SUITE_2);
        receiver.reconfigure(EndpointPolicy.defaults(), revoking(before, ORDER_ENTRY));
        assertRefused(receiver, sealed(sealer), Rejection.CERTIFICATE_REVOKED);
        sender.reconfigure(EndpointPolicy.defaults().preferring(Suite.SUITE_2), revoking(before, SHIPPING));
        assertThatThrownBy(() -> sealed(sealer))
                .isInstanceOfSatisfying(
                        SealingRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Rejection.CERTIFICATE_REVOKED));
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("A target whose certificate was revoked does not reply any more, known beforehand or not")
    void revokedReplier(Suite suite) {
        DialogEndpoint initiator = endpoint(ORDER_ENTRY, suite);
        DialogEndpoint target = endpoint(SHIPPING, suite);
        Opened request = (Opened) target.open(sealed(initiator.begin(Set.of(SHIPPING))), AT_ORDERS);
        byte[] reply = target.reply(request).seal(MessageContent.text("done"), "orders");
        assertThat(initiator.open(reply, AT_ORDERS)).isInstanceOf(Opened.class);
        TrustStore trust = TrustStore.of(
                TestServices.trustStore().anchors(),
                List.of(),
                Set.of(TestServices.issued(SHIPPING, suite).certificate().fingerprintHex()));
        EndpointPolicy policy = EndpointPolicy.defaults().preferring(suite);
        initiator.reconfigure(
                policy, new TrustContext(trust, TestServices.everybody(suite).directory()));
        assertRefused(initiator, reply, Rejection.CERTIFICATE_REVOKED);
        initiator.reconfigure(
                policy, new TrustContext(trust, TestServices.anchorsAlone().directory()));
        assertRefused(initiator, reply, Rejection.CERTIFICATE_REVOKED);
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("The certificates beside a sender's signature cannot be taken away, or others added")
    void alteredSenderCertificates(Suite suite) throws Exception {
        DialogEndpoint initiator = endpoint(ORDER_ENTRY, suite);
        DialogEndpoint billing = endpoint(BILLING, suite);
        Opened request = (Opened) billing.open(
                initiator.begin(Set.of(SHIPPING, BILLING)).seal(MessageContent.text("to all"), "orders"), AT_ORDERS);
        byte[] reply = billing.reply(request).seal(MessageContent.text("done"), "orders");
        SenderSignature honest = EnvelopeCodec.parse(reply).senderSignature().orElseThrow();
        Bytes root = Bytes.copyOf(
                TestServices.trustStore().anchors().iterator().next().getEncoded());
        for (List<Bytes> certificates :
                List.of(List.<Bytes>of(), List.of(honest.certificates().get(0), root))) {
            byte[] attack = altered(
                    reply,
                    e -> new Envelope(
                            e.preamble(),
                            e.servicePair(),
                            e.keyExchangeKey(),
                            e.dialogSessionKey(),
                            e.message(),
                            e.body(),
                            Optional.of(new SenderSignature(certificates, honest.signature()))));
            assertRefused(initiator, attack, Rejection.SENDER_SIGNATURE_INVALID);
        }
        assertThat(initiator.open(reply, AT_ORDERS)).isInstanceOf(Opened.class);
    }

    private static TrustContext revoking(TrustContext before, ServiceName name) {
        TrustStore trust = TrustStore.of(
                before.trust().anchors(),
                List.of(),
                Set.of(TestServices.issued(name, Suite.SUITE_2).certificate().fingerprintHex()));
        return new TrustContext(trust, before.directory());
    }

    @Test
    @DisplayName("An identical copy opens again as such; another ciphertext with its number is an attack")
    void replayAndConflict() {
        DialogEndpoint sender = endpoint(ORDER_ENTRY, Suite.SUITE_2);
        DialogEndpoint receiver = endpoint(SHIPPING, Suite.SUITE_2);
        DialogSealer sealer = sender.begin(Set.of(SHIPPING));
        byte[] envelope = sealed(sealer);
        Opened first = (Opened) receiver.open(envelope, AT_ORDERS);
        assertThat(((Opened) receiver.open(envelope, AT_ORDERS)).arrival()).isEqualTo(Arrival.REDELIVERED);
        first.acknowledge();
        assertThat(((Opened) receiver.open(envelope, AT_ORDERS)).arrival()).isEqualTo(Arrival.DUPLICATE);
        // A sender that forks (a restored clone): same dialog, sequence 1 again, under a fresh dialog key.
        DialogSealer clone = new DialogSealer(
                endpoint(ORDER_ENTRY, Suite.SUITE_2).contextFor(Set.of(SHIPPING)),
                sealer.dialogId(),
                Direction.INITIATOR_TO_TARGET,
                sender.pairFor(Set.of(SHIPPING)));
        assertRefused(receiver, sealed(clone), Rejection.SEQUENCE_CONFLICT);
    }

    @Test
    @DisplayName("Gaps are refused where policy says so, and the missing message then still fits")
    void gaps() {
        DialogEndpoint receiver = endpoint(SHIPPING, Suite.SUITE_2);
        DialogSealer sealer = endpoint(ORDER_ENTRY, Suite.SUITE_2).begin(Set.of(SHIPPING));
        byte[] one = sealed(sealer);
        byte[] two = sealed(sealer);
        byte[] three = sealed(sealer);
        Reception strict = AT_ORDERS.refusingGaps();
        assertThat(receiver.open(one, strict)).isInstanceOf(Opened.class);
        assertThat(receiver.open(three, strict))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Rejection.SEQUENCE_GAP));
        assertThat(receiver.open(two, strict)).isInstanceOf(Opened.class);
        assertThat(receiver.open(three, strict)).isInstanceOf(Opened.class);
    }

    @Test
    @DisplayName("No nonce is used twice under a key, by one instance or by several that all believe they are the one")
    void noncesNeverRepeat() throws Exception {
        Map<Bytes, Set<Bytes>> saltsByKey = new HashMap<>();
        DialogEndpoint oneInstance = endpoint(ORDER_ENTRY, Suite.SUITE_2);
        DialogEndpoint itsMirror = endpoint(ORDER_ENTRY, Suite.SUITE_2);
        for (DialogEndpoint instance : List.of(oneInstance, itsMirror, oneInstance)) {
            DialogSealer sealer = instance.begin(Set.of(SHIPPING));
            for (int i = 0; i < 500; i++) {
                Envelope e = EnvelopeCodec.parse(sealed(sealer));
                Bytes key = e.dialogSessionKey().commitment();
                assertThat(saltsByKey
                                .computeIfAbsent(key, ignored -> new HashSet<>())
                                .add(e.preamble().salt()))
                        .isTrue();
            }
        }
        assertThat(saltsByKey).hasSize(3);
    }

    @Test
    @DisplayName("A sealer whose key has no nonces left goes on with another key")
    void exhaustedCounter() throws Exception {
        KeyLimits most = new KeyLimits(Duration.ofDays(1), KeyLimits.MOST_MESSAGES, Long.MAX_VALUE);
        EndpointPolicy policy = EndpointPolicy.defaults().preferring(Suite.SUITE_2);
        DialogEndpoint sender = TestServices.endpoint(ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .policy(policy.with(policy.limits().withDialogKey(most).withKeyExchangeKey(most)))
                .build();
        DialogEndpoint receiver = endpoint(SHIPPING, Suite.SUITE_2);
        DialogSealer sealer = sender.begin(Set.of(SHIPPING));
        Envelope first = EnvelopeCodec.parse(sealed(sealer));
        Field key = DialogSealer.class.getDeclaredField("key");
        Field messages = DialogKey.class.getDeclaredField("messages");
        key.setAccessible(true);
        messages.setAccessible(true);
        messages.setLong(key.get(sealer), DialogKey.MAX_MESSAGES - 1);
        byte[] last = sealed(sealer);
        byte[] next = sealed(sealer);
        assertThat(EnvelopeCodec.parse(last).dialogSessionKey()).isEqualTo(first.dialogSessionKey());
        assertThat(EnvelopeCodec.parse(next).dialogSessionKey().commitment())
                .isNotEqualTo(first.dialogSessionKey().commitment());
        for (byte[] envelope : List.of(EnvelopeCodec.encode(first), last, next)) {
            assertThat(receiver.open(envelope, AT_ORDERS)).isInstanceOf(Opened.class);
        }
    }

    @Test
    @DisplayName("An envelope for others, plaintext, and rubbish each have their reason")
    void notForUs() {
        byte[] toBilling = sealed(endpoint(ORDER_ENTRY, Suite.SUITE_2).begin(Set.of(BILLING)));
        DialogEndpoint shipping = endpoint(SHIPPING, Suite.SUITE_2);
        assertRefused(shipping, toBilling, Rejection.NOT_FOR_US);
        assertRefused(shipping, "hello".getBytes(StandardCharsets.UTF_8), Rejection.PLAINTEXT_REFUSED);
        assertRefused(shipping, new byte[0], Rejection.PLAINTEXT_REFUSED);
        byte[] rubbish = new byte[200];
        new SecureRandom().nextBytes(rubbish);
        System.arraycopy(toBilling, 0, rubbish, 0, 4);
        assertThat(shipping.open(rubbish, AT_ORDERS)).isInstanceOf(Rejected.class);
    }
}
