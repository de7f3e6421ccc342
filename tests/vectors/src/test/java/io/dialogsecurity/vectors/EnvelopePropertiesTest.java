package io.dialogsecurity.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.dialogsecurity.crypto.Leasable;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.EnvelopeGuard;
import io.dialogsecurity.dialog.EnvelopeStreamException;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.OpenedStream;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.StreamOutcome;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.state.DerivedCache;
import io.dialogsecurity.state.DerivedCaches;
import io.dialogsecurity.vectors.ReferenceSealer.Dialog;
import io.dialogsecurity.vectors.ReferenceSealer.Message;
import io.dialogsecurity.vectors.ReferenceSealer.Pair;
import io.dialogsecurity.wire.ContentCodec;
import io.dialogsecurity.wire.EnvelopeCodec;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.EnvelopeInspector;
import io.dialogsecurity.wire.HeaderCodec;
import io.dialogsecurity.wire.InspectedField;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What holds of every envelope and of all bytes. Where chance has a part, its seed is printed; {@code
 * -Dvectors.seed=…} repeats a run.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class EnvelopePropertiesTest {

    private static final long SEED = Long.getLong("vectors.seed", new Random().nextLong());
    private static final ServiceName SHIPPING = new ServiceName("shipping");
    private static final ServiceName BILLING = new ServiceName("billing");

    /** An envelope in one of its forms. */
    private enum Form {
        SUITE_1(1, false, false),
        SUITE_2(2, false, false),
        SUITE_1_SIGNED(1, true, false),
        SUITE_2_SIGNED(2, true, false),
        SUITE_1_STREAMED(1, false, true),
        SUITE_2_STREAMED(2, false, true),
        SUITE_2_STREAMED_SIGNED(2, true, true);

        private final int suite;
        private final boolean signed;
        private final boolean streamed;

        Form(int suite, boolean signed, boolean streamed) {
            this.suite = suite;
            this.signed = signed;
            this.streamed = streamed;
        }

        byte[] envelope() {
            Pair pair = signed
                    ? new Pair(identity("order-entry"), identity("shipping"), identity("billing"))
                    : new Pair(identity("order-entry"), identity("shipping"));
            Message message = new Message(new Dialog(pair));
            message.section(PositiveVectors.section("text/plain", PositiveVectors.map()));
            message.text(streamed ? "x".repeat(1024) : "Order 4711");
            return (streamed ? message.streamed(1024) : message).seal();
        }

        private VectorPki.Identity identity(String service) {
            return VectorKeys.of(service, suite);
        }

        /** Of suite 2 without caches; of suite 1, whose private keys are slow, with, which is the other path anyway. */
        DialogEndpoint receiver() {
            return endpoint("shipping", suite, suite == 1 ? new MapCaches() : DerivedCaches.none());
        }

        /** Why it is refused, or null if it opens. */
        Rejected refusal(DialogEndpoint receiver, byte[] envelope) throws IOException {
            if (!streamed) {
                return receiver.open(envelope, Reception.at("orders")) instanceof Rejected rejected ? rejected : null;
            }
            StreamOutcome outcome = receiver.openStream(new ByteArrayInputStream(envelope), Reception.at("orders"));
            if (outcome instanceof OpenedStream stream) {
                try (var payload = stream.payload()) {
                    payload.readAllBytes();
                    return null;
                } catch (EnvelopeStreamException e) {
                    return e.rejected();
                }
            }
            return (Rejected) outcome;
        }
    }

    @BeforeAll
    static void tellSeed() {
        System.out.println("EnvelopePropertiesTest: -Dvectors.seed=" + SEED);
    }

    private static TrustContext trust(int suite) {
        return new TrustContext(
                TrustStore.of(IdentityLoader.loadCertificates(VectorRun.file("keys/root.pem")), List.of(), Set.of()),
                ListedCertificates.of(Stream.of("order-entry", "shipping", "billing")
                        .map(name -> IdentityLoader.loadCertificate(
                                VectorRun.file("keys/" + name + "-" + suite + ".certificate.pem")))
                        .toList()));
    }

    private static DialogEndpoint endpoint(String service, int suite) {
        return endpoint(service, suite, DerivedCaches.none());
    }

    private static DialogEndpoint endpoint(String service, int suite, DerivedCaches caches) {
        return DialogEndpoint.builder(
                        IdentityLoader.load(
                                VectorRun.file("keys/" + service + "-" + suite + ".pem"),
                                null,
                                null,
                                ReferenceSealer.NOW),
                        trust(suite))
                .policy(EndpointPolicy.defaults().preferring(Suite.of(suite).orElseThrow()))
                .clock(() -> ReferenceSealer.NOW)
                .caches(caches)
                .build();
    }

    /** Caches that keep everything, for one thread. */
    private static final class MapCaches implements DerivedCaches {
        @Override
        public <K, V extends Leasable> DerivedCache<K, V> create(CacheName name) {
            Map<K, V> entries = new HashMap<>();
            return new DerivedCache<>() {
                @Override
                public V lease(K key, Function<? super K, ? extends V> derive) {
                    V present = entries.get(key);
                    if (present != null && present.tryLease()) {
                        return present;
                    }
                    V derived = derive.apply(key);
                    put(key, derived);
                    derived.tryLease();
                    return derived;
                }

                @Override
                public void put(K key, V value) {
                    entries.put(key, value);
                }

                @Override
                public void invalidate(K key, V value) {
                    entries.remove(key, value);
                }

                @Override
                public void invalidateIf(Predicate<? super V> condition) {
                    entries.values().removeIf(condition);
                }

                @Override
                public long size() {
                    return entries.size();
                }
            };
        }
    }

    private static EnvelopeGuard guard(int suite) {
        return new EnvelopeGuard(
                EndpointPolicy.defaults(), trust(suite), DerivedCaches.none(), () -> ReferenceSealer.NOW);
    }

    // --- What is sealed opens

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("Whatever is sealed opens to the same, here and with the independent opener")
    void roundTrip(Suite suite) throws Exception {
        Random random = new Random(SEED);
        DialogEndpoint sender = endpoint("order-entry", suite.code());
        DialogEndpoint receiver = endpoint("shipping", suite.code());
        for (int dialog = 0; dialog < 4; dialog++) {
            Set<ServiceName> targets = random.nextBoolean() ? Set.of(SHIPPING) : Set.of(SHIPPING, BILLING);
            try (DialogSealer sealer = sender.begin(targets)) {
                for (int i = 0; i < 20; i++) {
                    Map<String, Object> properties = randomMap(random);
                    byte[] payload = new byte[random.nextInt(5) == 0 ? 0 : random.nextInt(3000)];
                    random.nextBytes(payload);
                    MessageContent content = MessageContent.bytes(payload).with(randomText(random), properties);
                    boolean streamed = random.nextInt(4) == 0;
                    byte[] envelope = streamed ? stream(sealer, content, payload) : sealer.seal(content, "orders");
                    byte[] expected = streamed ? ReferenceCrypto.join(payload, payload) : payload;
                    VectorRun.Outcome outcome = open(receiver, envelope, streamed);
                    assertThat(outcome.rejected()).as("seed " + SEED).isNull();
                    assertThat(outcome.payload()).isEqualTo(expected);
                    assertThat(Values.entries(outcome.opened().properties())).isEqualTo(Values.entries(properties));
                    ReferenceOpener.Result reference = independently(envelope, suite, streamed);
                    assertThat(reference.payload()).isEqualTo(expected);
                    assertThat(Values.entries(reference.properties())).isEqualTo(Values.entries(properties));
                    if (!streamed) {
                        assertThat(EnvelopeCodec.encode(EnvelopeCodec.parse(envelope)))
                                .isEqualTo(envelope);
                    }
                }
            }
        }
    }

    private static ReferenceOpener.Result independently(byte[] envelope, Suite suite, boolean streamed) {
        Case scenario = new Case("", envelope).at("shipping", suite.code());
        return Case.reference(
                (streamed ? scenario.streamed() : scenario).vector("opened").put("envelope", envelope));
    }

    private static byte[] stream(DialogSealer sealer, MessageContent content, byte[] more) throws IOException {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        try (OutputStream out = sealer.sealStream(content, "orders", sealed)) {
            out.write(more);
        }
        return sealed.toByteArray();
    }

    private static VectorRun.Outcome open(DialogEndpoint receiver, byte[] envelope, boolean streamed)
            throws IOException {
        if (!streamed) {
            OpenOutcome outcome = receiver.open(envelope, Reception.at("orders"));
            return outcome instanceof Opened opened
                    ? new VectorRun.Outcome(null, opened, opened.payload())
                    : new VectorRun.Outcome((Rejected) outcome, null, null);
        }
        StreamOutcome outcome = receiver.openStream(new ByteArrayInputStream(envelope), Reception.at("orders"));
        if (outcome instanceof OpenedStream stream) {
            try (var payload = stream.payload()) {
                return new VectorRun.Outcome(null, stream.message(), payload.readAllBytes());
            }
        }
        return new VectorRun.Outcome((Rejected) outcome, null, null);
    }

    private static Map<String, Object> randomMap(Random random) {
        Map<String, Object> values = new HashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            byte[] octets = new byte[random.nextInt(20)];
            random.nextBytes(octets);
            Object[] candidates = {
                null,
                random.nextBoolean(),
                (byte) random.nextInt(),
                (short) random.nextInt(),
                random.nextInt(),
                random.nextLong(),
                Float.intBitsToFloat(random.nextInt()),
                Double.longBitsToDouble(random.nextLong()),
                (char) random.nextInt(),
                randomText(random),
                octets
            };
            values.put(randomText(random), candidates[random.nextInt(candidates.length)]);
        }
        return values;
    }

    private static String randomText(Random random) {
        int[] codePoints = random.ints(random.nextInt(12), 0, 0x110000)
                .map(c -> c >= 0xD800 && c <= 0xDFFF ? '?' : c)
                .toArray();
        return new String(codePoints, 0, codePoints.length);
    }

    // --- Nothing else opens

    @ParameterizedTest
    @EnumSource(Form.class)
    @DisplayName("An envelope with any single bit changed is refused")
    void everyBitFlip(Form form) throws Exception {
        byte[] envelope = form.envelope();
        try (DialogEndpoint receiver = form.receiver()) {
            assertThat(form.refusal(receiver, envelope)).isNull();
            for (int bit = 0; bit < envelope.length * 8; bit++) {
                byte[] changed = envelope.clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                if (form.refusal(receiver, changed) == null) {
                    throw new AssertionError("opens with bit " + bit % 8 + " of byte " + bit / 8 + " changed, in "
                            + fieldAt(envelope, bit / 8));
                }
            }
            assertThat(form.refusal(receiver, envelope))
                    .as("it still opens itself")
                    .isNull();
        }
    }

    private static String fieldAt(byte[] envelope, int offset) {
        return EnvelopeInspector.inspect(envelope).fields().stream()
                .filter(field -> offset >= field.offset() && offset < field.offset() + field.length())
                .map(InspectedField::toString)
                .findFirst()
                .orElse("no field");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    @DisplayName("An envelope cut anywhere is refused, and one with a byte more")
    void everyTruncation(Form form) throws Exception {
        byte[] envelope = form.envelope();
        try (DialogEndpoint receiver = form.receiver()) {
            for (int length = 0; length < envelope.length; length++) {
                assertThat(form.refusal(receiver, Arrays.copyOf(envelope, length)))
                        .as("cut to " + length)
                        .isNotNull();
            }
            assertThat(form.refusal(receiver, Arrays.copyOf(envelope, envelope.length + 1)))
                    .isNotNull();
            assertThat(form.refusal(receiver, envelope)).isNull();
        }
    }

    // --- One encoding

    @Test
    @DisplayName("What parses, however it was changed, is encoded to the same bytes again")
    void reencodes() {
        Random random = new Random(SEED);
        int parsed = 0;
        for (Form form : List.of(Form.SUITE_1, Form.SUITE_2, Form.SUITE_1_SIGNED, Form.SUITE_2_SIGNED)) {
            byte[] envelope = form.envelope();
            for (int bit = 0; bit < envelope.length * 8; bit++) {
                byte[] changed = envelope.clone();
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                parsed += reencodes(changed) ? 1 : 0;
            }
            for (int round = 0; round < 20_000; round++) {
                parsed += reencodes(mutated(random, envelope)) ? 1 : 0;
            }
        }
        assertThat(parsed).as("that something parses at all").isGreaterThan(1000);
    }

    private static boolean reencodes(byte[] bytes) {
        try {
            assertThat(EnvelopeCodec.encode(EnvelopeCodec.parse(bytes)))
                    .as("seed " + SEED)
                    .isEqualTo(bytes);
            return true;
        } catch (EnvelopeFormatException e) {
            return false;
        }
    }

    @Test
    @DisplayName("Maps and streams that decode are encoded to the same bytes again")
    void contentReencodes() {
        Random random = new Random(SEED);
        byte[] map = PositiveVectors.map();
        int decoded = 0;
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = mutated(random, map);
            try {
                assertThat(ContentCodec.encodeMap(ContentCodec.decodeMap(bytes, 0, bytes.length)))
                        .as("seed " + SEED)
                        .isEqualTo(bytes);
                decoded++;
            } catch (EnvelopeFormatException e) {
                assertThat(e.layer()).isNotNull();
            }
            try {
                assertThat(ContentCodec.encodeStream(ContentCodec.decodeStream(bytes, 0, bytes.length)))
                        .as("seed " + SEED)
                        .isEqualTo(bytes);
                decoded++;
            } catch (EnvelopeFormatException e) {
                assertThat(e.layer()).isNotNull();
            }
        }
        assertThat(decoded).isGreaterThan(100);
    }

    // --- Any bytes

    /** Bits, bytes, lengths, cuts, insertions: what a fuzzer does to a valid input. */
    private static byte[] mutated(Random random, byte[] valid) {
        byte[] bytes = valid.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            if (bytes.length < 8) {
                return bytes;
            }
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(8)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0 : 0xFF);
                case 3 -> {
                    int offset = Math.min(at, bytes.length - 4);
                    int[] interesting = {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, bytes.length, random.nextInt(300)
                    };
                    ByteBuffer.wrap(bytes).putInt(offset, interesting[random.nextInt(interesting.length)]);
                }
                case 4 -> {
                    int offset = Math.min(at, bytes.length - 2);
                    ByteBuffer.wrap(bytes)
                            .putShort(offset, (short) (random.nextBoolean() ? 0xFFFF : random.nextInt(40)));
                }
                case 5 -> bytes = Arrays.copyOf(bytes, at);
                case 6 -> {
                    byte[] inserted = new byte[random.nextInt(6)];
                    random.nextBytes(inserted);
                    bytes = ReferenceCrypto.join(
                            Arrays.copyOf(bytes, at), inserted, Arrays.copyOfRange(bytes, at, bytes.length));
                }
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(bytes.length - Math.max(at, from), random.nextInt(64));
                    System.arraycopy(
                            valid, Math.min(from, valid.length - length), bytes, at, Math.min(length, valid.length));
                }
            }
        }
        return bytes;
    }

    private static List<byte[]> anyBytes(Random random, byte[] valid, int count) {
        List<byte[]> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i % 8 == 0) {
                byte[] noise = new byte[random.nextInt(600)];
                random.nextBytes(noise);
                if (noise.length >= 52 && random.nextBoolean()) {
                    System.arraycopy(valid, 0, noise, 0, 52); // a right preamble before the noise
                }
                inputs.add(noise);
            } else {
                inputs.add(mutated(random, valid));
            }
        }
        return inputs;
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    @DisplayName(
            "Parsers throw nothing but the format error, whatever the bytes, and allocate no more than these allow")
    void parsers(Form form) {
        Random random = new Random(SEED);
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (byte[] bytes : anyBytes(random, form.envelope(), 20_000)) {
            long before = memory.getThreadAllocatedBytes(Thread.currentThread().getId());
            parse(bytes);
            long allocated =
                    memory.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertThat(allocated)
                    .as("bytes allocated for " + bytes.length + ", seed " + SEED)
                    .isLessThan(1_000_000L + 100L * bytes.length);
            EnvelopeInspector.inspect(bytes);
        }
    }

    private interface Parser {
        Object parse(byte[] bytes) throws EnvelopeFormatException;
    }

    private static void parse(byte[] bytes) {
        List<Parser> parsers = List.of(
                EnvelopeCodec::parse,
                all -> EnvelopeFrame.read(all, 0, all.length).staticHeaders(),
                all -> EnvelopeFrame.readStreamHead(all, 0, all.length).staticHeaders(),
                all -> EnvelopeFrame.headLength(all, 0, all.length),
                all -> EnvelopeFrame.announcesStream(all, 0, all.length),
                all -> EnvelopeFrame.readSenderSignature(all, 0, all.length),
                all -> HeaderCodec.parse(all, 0, all.length),
                all -> ContentCodec.sectionLength(all, 0, all.length),
                all -> ContentCodec.decodeMap(all, 0, all.length),
                all -> ContentCodec.decodeStream(all, 0, all.length),
                all -> ContentCodec.decodeText(all, 0, all.length));
        for (Parser parser : parsers) {
            try {
                assertThat(parser.parse(bytes)).isNotNull();
            } catch (EnvelopeFormatException e) {
                assertThat(e.layer()).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    @DisplayName("Opening and guarding throw nothing, whatever the bytes")
    void openers(Form form) throws Exception {
        Random random = new Random(SEED);
        EnvelopeGuard guard = guard(form.suite);
        try (DialogEndpoint receiver = form.receiver()) {
            for (byte[] bytes : anyBytes(random, form.envelope(), form.suite == 1 ? 1000 : 3000)) {
                try {
                    receiver.open(bytes, Reception.at("orders"));
                    form.refusal(receiver, bytes);
                    guard.check(bytes, 0, bytes.length);
                    guard.checkHead(bytes, 0, bytes.length);
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + SEED, e);
                }
            }
        }
    }

    @Test
    @DisplayName("A certificate changed anywhere, under names that agree with it, makes nobody throw")
    void certificates() throws Exception {
        Random random = new Random(SEED);
        VectorPki.Identity orderEntry = VectorKeys.of("order-entry", 2);
        byte[] der = VectorPki.encoded(orderEntry.certificate());
        EnvelopeGuard guard = guard(2);
        try (DialogEndpoint receiver = endpoint("shipping", 2)) {
            for (int round = 0; round < 1000; round++) {
                byte[] changed = mutated(random, der);
                if (changed.length == 0) {
                    continue;
                }
                Pair pair = new Pair(orderEntry, VectorKeys.of("shipping", 2));
                byte[] party = ReferenceSealer.party(orderEntry);
                System.arraycopy(ReferenceCrypto.sha256(changed), 0, party, party.length - 32, 32);
                pair.signedPart = s -> ReferenceCrypto.join(
                        ReferenceCrypto.u8(0),
                        party,
                        ReferenceCrypto.u8(1),
                        ReferenceSealer.bytes16(changed),
                        ReferenceCrypto.u8(1),
                        ReferenceSealer.party(pair.targets.get(0)));
                byte[] envelope =
                        new Message(new Dialog(pair)).text("Order 4711").seal();
                try {
                    OpenOutcome outcome = receiver.open(envelope, Reception.at("orders"));
                    assertThat(outcome instanceof Rejected || Arrays.equals(changed, der))
                            .as("seed " + SEED)
                            .isTrue();
                    guard.check(envelope, 0, envelope.length);
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + SEED + ", round " + round, e);
                }
            }
        }
    }

    @Test
    @DisplayName("Whatever an authentic sender seals inside, opening throws nothing")
    void contents() throws Exception {
        Random random = new Random(SEED);
        Dialog dialog = new Dialog(new Pair(VectorKeys.of("order-entry", 2), VectorKeys.of("shipping", 2)));
        byte[] map = PositiveVectors.map();
        byte[] section = PositiveVectors.section("text/plain", map);
        int opened = 0;
        try (DialogEndpoint receiver = endpoint("shipping", 2)) {
            for (int round = 0; round < 3000; round++) {
                Message message = new Message(dialog).kind(random.nextInt(7), mutated(random, map));
                message.sequence(round + 1);
                if (random.nextBoolean()) {
                    message.section(section);
                    message.plaintext = plain -> mutated(random, plain);
                }
                message.flag(random.nextInt(4) == 0 ? 0x10 : 0);
                OpenOutcome outcome = receiver.open(message.seal(), Reception.at("orders"));
                if (outcome instanceof Opened content) {
                    opened++;
                    for (Parser parser : List.<Parser>of(
                            ignored -> content.nullBody() ? "null" : content.text(),
                            ignored -> content.map(),
                            ignored -> content.stream())) {
                        try {
                            assertThat(parser.parse(map)).isNotNull();
                        } catch (EnvelopeFormatException e) {
                            assertThat(e.layer()).as("seed " + SEED).isNotNull();
                        }
                    }
                }
            }
        }
        assertThat(opened).as("that something opens at all").isGreaterThan(500);
    }
}
