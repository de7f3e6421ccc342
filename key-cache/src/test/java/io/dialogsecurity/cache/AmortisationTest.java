package io.dialogsecurity.cache;

import static io.dialogsecurity.cache.TestServices.BILLING;
import static io.dialogsecurity.cache.TestServices.ORDERS;
import static io.dialogsecurity.cache.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.cache.TestServices.REPLIES;
import static io.dialogsecurity.cache.TestServices.SHIPPING;
import static io.dialogsecurity.cache.TestServices.opened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.CacheName;
import io.dialogsecurity.wire.Authenticity;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is computed, and what is not because it was computed before: proven on the endpoints' counters. */
class AmortisationTest {

    private static final MessageContent HELLO = MessageContent.text("hello");

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName(
            "The first message of a pair: 1 signature and the wraps at the sender, 1 verification and 1 unwrap at the"
                    + " receiver")
    void firstMessage(Suite suite) {
        TestServices services = new TestServices(suite);
        DialogEndpoint sender = services.endpoint(ORDER_ENTRY);
        DialogEndpoint receiver = services.endpoint(SHIPPING);
        byte[] envelope = sender.begin(Set.of(SHIPPING)).seal(HELLO, "orders");
        assertThat(sender.counters()).isEqualTo(new CryptoCounters.Snapshot(1, 0, 2, 0, 1, 0, 1, 0));
        opened(receiver.open(envelope, ORDERS));
        assertThat(receiver.counters()).isEqualTo(new CryptoCounters.Snapshot(0, 1, 0, 1, 0, 1, 0, 1));
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("The first message to two targets is wrapped to each of them and to its sender")
    void severalTargets(Suite suite) {
        DialogEndpoint sender = new TestServices(suite).endpoint(ORDER_ENTRY);
        sender.begin(Set.of(SHIPPING, BILLING), Authenticity.GROUP).seal(HELLO, "orders");
        assertThat(sender.counters()).isEqualTo(new CryptoCounters.Snapshot(1, 0, 3, 0, 1, 0, 1, 0));
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName(
            "The first reply of a pair needs no public key either, neither where it is sealed nor where it is opened")
    void firstReply(Suite suite) {
        TestServices services = new TestServices(suite);
        DialogEndpoint initiator = services.endpoint(ORDER_ENTRY);
        DialogEndpoint target = services.endpoint(SHIPPING);
        byte[] request = initiator.begin(Set.of(SHIPPING)).seal(HELLO, "orders");
        Opened received = opened(target.open(request, ORDERS));
        CryptoCounters.Snapshot atInitiator = initiator.counters();
        CryptoCounters.Snapshot atTarget = target.counters();
        opened(initiator.open(target.reply(received).seal(HELLO, "replies"), REPLIES));
        assertThat(target.counters().since(atTarget)).isEqualTo(new CryptoCounters.Snapshot(0, 0, 0, 0, 1, 0, 1, 0));
        assertThat(initiator.counters().since(atInitiator))
                .isEqualTo(new CryptoCounters.Snapshot(0, 0, 0, 0, 0, 1, 0, 1));
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("100 new dialogs on a warm pair, replies included: no public-key operation on either side")
    void newDialogs(Suite suite) throws Exception {
        TestServices services = new TestServices(suite);
        DialogEndpoint initiator = services.endpoint(ORDER_ENTRY);
        DialogEndpoint target = services.endpoint(SHIPPING);
        converse(initiator, target);
        CryptoCounters.Snapshot atInitiator = initiator.counters();
        CryptoCounters.Snapshot atTarget = target.counters();
        int dialogs = 100;
        for (int i = 0; i < dialogs; i++) {
            converse(initiator, target);
        }
        CryptoCounters.Snapshot expected =
                new CryptoCounters.Snapshot(0, 0, 0, 0, dialogs, dialogs, 2L * dialogs, 2L * dialogs);
        assertThat(initiator.counters().since(atInitiator)).isEqualTo(expected);
        assertThat(target.counters().since(atTarget)).isEqualTo(expected);
        assertThat(expected.publicKeyOperations()).isZero();
    }

    @Test
    @DisplayName("A key that has left the cache opens nothing more, not even for the thread that opened with it last")
    void runEndsWithEviction() {
        TestServices services = new TestServices(Suite.SUITE_2);
        DialogSealer sealer = services.endpoint(ORDER_ENTRY).begin(Set.of(SHIPPING));
        DialogEndpoint receiver = services.endpoint(SHIPPING);
        for (int i = 0; i < 5; i++) {
            opened(receiver.open(sealer.seal(HELLO, "orders"), ORDERS));
        }
        assertThat(receiver.counters().dialogKeyUnwraps()).isEqualTo(1);
        receiver.close();
        opened(receiver.open(sealer.seal(HELLO, "orders"), ORDERS));
        assertThat(receiver.counters().dialogKeyUnwraps()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("A warm message: one AEAD seal, one AEAD open, and no key is wrapped or unwrapped")
    void warmMessage(Suite suite) {
        TestServices services = new TestServices(suite);
        DialogEndpoint sender = services.endpoint(ORDER_ENTRY);
        DialogEndpoint receiver = services.endpoint(SHIPPING);
        DialogSealer sealer = sender.begin(Set.of(SHIPPING));
        opened(receiver.open(sealer.seal(HELLO, "orders"), ORDERS));
        CryptoCounters.Snapshot atSender = sender.counters();
        CryptoCounters.Snapshot atReceiver = receiver.counters();
        for (int i = 0; i < 10; i++) {
            opened(receiver.open(sealer.seal(HELLO, "orders"), ORDERS));
        }
        assertThat(sender.counters().since(atSender)).isEqualTo(new CryptoCounters.Snapshot(0, 0, 0, 0, 0, 0, 10, 0));
        assertThat(receiver.counters().since(atReceiver))
                .isEqualTo(new CryptoCounters.Snapshot(0, 0, 0, 0, 0, 0, 0, 10));
    }

    static Stream<Arguments> everySwitch() {
        return Stream.of(Suite.values())
                .flatMap(suite ->
                        IntStream.range(0, 1 << CacheName.values().length).mapToObj(off -> Arguments.of(suite, off)));
    }

    @ParameterizedTest(name = "{0}, off: {1}")
    @MethodSource("everySwitch")
    @DisplayName("With any of the caches off, everything still opens, only not as cheaply")
    void everyCacheIsFreeChoice(Suite suite, int off) throws Exception {
        TestServices services = new TestServices(suite);
        CaffeineCaches.Builder caches = CaffeineCaches.builder();
        for (CacheName name : CacheName.values()) {
            if ((off >> name.ordinal() & 1) != 0) {
                caches.with(name, CacheSettings.off());
            }
        }
        DialogEndpoint initiator = services.endpoint(ORDER_ENTRY, caches.build());
        DialogEndpoint target = services.endpoint(SHIPPING, caches.build());
        for (int i = 0; i < 2; i++) {
            converse(initiator, target);
        }
        boolean pairsOff = isOff(off, CacheName.OUTGOING_PAIRS);
        assertThat(initiator.counters().signatures()).isEqualTo(pairsOff ? 2 : 1);
        boolean dialogsOff = isOff(off, CacheName.DIALOG_KEYS);
        boolean unwrapsAgain = isOff(off, CacheName.KEY_EXCHANGE_KEYS);
        // Two messages in each of two dialogs, and a reply in each; a dialog that is cached has its key.
        int derivations = dialogsOff ? 4 : 2;
        int pairs = pairsOff ? 2 : 1;
        assertThat(target.counters().publicKeyUnwraps()).isEqualTo(unwrapsAgain ? derivations + 2 : pairs);
        assertThat(target.counters().verifications())
                .isEqualTo(isOff(off, CacheName.VERIFIED_HEADERS) ? derivations : pairs);
    }

    private static boolean isOff(int off, CacheName name) {
        return (off >> name.ordinal() & 1) != 0;
    }

    /** Two messages and two replies in a dialog of their own. */
    private static void converse(DialogEndpoint initiator, DialogEndpoint target) throws Exception {
        try (DialogSealer requests = initiator.begin(Set.of(SHIPPING))) {
            Opened first = opened(target.open(requests.seal(HELLO, "orders"), ORDERS));
            try (DialogSealer replies = target.reply(first)) {
                for (int i = 0; i < 2; i++) {
                    Opened reply = opened(initiator.open(replies.seal(HELLO, "replies"), REPLIES));
                    assertThat(reply.text()).isEqualTo("hello");
                    assertThat(reply.arrival()).isEqualTo(Arrival.NEXT);
                }
            }
            Opened second = opened(target.open(requests.seal(HELLO, "orders"), ORDERS));
            assertThat(second.sequence()).isEqualTo(2);
            assertThat(second.text()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("A revoked certificate empties what hangs on it, in the middle of a warm dialog, on both sides")
    void revocation(Suite suite) throws Exception {
        TestServices services = new TestServices(suite);
        CaffeineCaches ofInitiator = CaffeineCaches.withDefaults();
        CaffeineCaches ofTarget = CaffeineCaches.withDefaults();
        DialogEndpoint initiator = services.endpoint(ORDER_ENTRY, ofInitiator);
        DialogEndpoint target = services.endpoint(SHIPPING, ofTarget);
        converse(initiator, target);
        DialogSealer requests = initiator.begin(Set.of(SHIPPING));
        Opened received = opened(target.open(requests.seal(HELLO, "orders"), ORDERS));
        DialogSealer replies = target.reply(received);
        replies.seal(HELLO, "replies");
        assertThat(sizes(ofTarget)).containsExactly(0L, 1L, 1L, 2L);
        assertThat(sizes(ofInitiator)).containsExactly(1L, 1L, 1L, 1L);

        target.reconfigure(services.policy(), services.trustWithout(ORDER_ENTRY));
        assertThat(sizes(ofTarget)).containsOnly(0L);
        assertThat(target.open(requests.seal(HELLO, "orders"), ORDERS))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Rejection.CERTIFICATE_REVOKED));
        assertThat(sizes(ofTarget)).containsOnly(0L);
        assertThatThrownBy(() -> replies.seal(HELLO, "replies")).isInstanceOf(SealingRefusedException.class);

        initiator.reconfigure(services.policy(), services.trustWithout(SHIPPING));
        assertThat(sizes(ofInitiator)).containsOnly(0L);
        assertThatThrownBy(() -> requests.seal(HELLO, "orders")).isInstanceOf(SealingRefusedException.class);
        assertThatThrownBy(() -> initiator.begin(Set.of(SHIPPING))).isInstanceOf(SealingRefusedException.class);

        initiator.reconfigure(services.policy(), services.trustWithout());
        target.reconfigure(services.policy(), services.trustWithout());
        converse(initiator, target);
        opened(target.open(requests.seal(HELLO, "orders"), ORDERS));
    }

    private static long[] sizes(CaffeineCaches caches) {
        return Stream.of(CacheName.values())
                .mapToLong(name -> caches.statistics(name).size())
                .toArray();
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    @DisplayName("Two services in one process share caches' settings, not what is in them")
    void nothingCrossesOwners(Suite suite) throws Exception {
        TestServices services = new TestServices(suite);
        CaffeineCaches shared = CaffeineCaches.withDefaults();
        DialogEndpoint initiator = services.endpoint(ORDER_ENTRY, shared);
        DialogEndpoint shipping = services.endpoint(SHIPPING, shared);
        DialogEndpoint billing = services.endpoint(BILLING, shared);
        byte[] envelope = initiator.begin(Set.of(SHIPPING)).seal(HELLO, "orders");
        opened(shipping.open(envelope, ORDERS));
        assertThat(billing.open(envelope, ORDERS))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(Rejection.NOT_FOR_US));
        shipping.close();
        assertThat(opened(shipping.open(envelope, ORDERS)).arrival()).isEqualTo(Arrival.REDELIVERED);
    }
}
