package io.dialogsecurity.artemis.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.id.ServiceName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientEndpointTest {

    private static final String ADDRESSES = "<addresses default=\"bypass\">"
            + "<address match=\"orders\" action=\"apply\" senders=\"order-entry\" receivers=\"shipping\"/>"
            + "<address match=\"news.*\" action=\"apply\" senders=\"order-entry\" receivers=\"shipping billing\"/>"
            + "<address match=\"strict\" action=\"apply\" receivers=\"shipping\" gaps=\"refuse\" message-max-age=\"PT1H\"/>"
            + "<address match=\"prices\" action=\"apply\" receivers=\"shipping\" replays=\"allow\"/>"
            + "<address match=\"legacy\" action=\"drop\"/>"
            + "<address match=\"open\" action=\"bypass\"/>"
            + "</addresses>";

    private static final String TEMPORARY = "0b7d2a5e-6c1f-4f8e-9d3a-2b4c6d8e0f12";

    @TempDir
    Path directory;

    private TestConfigurations configurations;
    private Path salesFile;
    private ClientEndpoint sales;
    private ClientEndpoint store;

    @BeforeEach
    void open() throws Exception {
        configurations = TestConfigurations.in(directory);
        salesFile = configurations.write("sales", List.of("order-entry"), ADDRESSES);
        sales = ClientEndpoint.open(salesFile);
        store = ClientEndpoint.open(configurations.write("store", List.of("shipping"), ADDRESSES));
    }

    @AfterEach
    void close() {
        sales.close();
        store.close();
    }

    @Test
    void aMessageIsSealedToTheReceiversOfItsAddress() throws Exception {
        OutgoingDialogs dialogs = sales.outgoing(false);
        SealingDialog dialog = dialogs.dialogFor("orders", null, null).orElseThrow();
        assertThat(dialogs.dialogFor("orders", null, null)).containsSame(dialog);

        byte[] envelope = dialog.seal(MessageContent.text("ten"));

        assertThat(accepted(store.incoming("orders", false), envelope).message().text())
                .isEqualTo("ten");
        assertThat(store.incoming("open", false).open(envelope, 0, envelope.length))
                .isInstanceOf(Incoming.LeftAlone.class);
        assertRefused(store.incoming("legacy", false), envelope, Rejection.DROPPED_BY_POLICY);
        assertRefused(store.incoming("news.eu", false), envelope, Rejection.WRONG_DESTINATION);
        assertThat(store.counters().opened()).isEqualTo(1);
        assertThat(sales.counters().sealed()).isEqualTo(1);
    }

    @Test
    void whatPolicyForbidsIsRefusedToTheSender() {
        OutgoingDialogs dialogs = store.outgoing(false);
        assertThatThrownBy(() -> dialogs.dialogFor("orders", null, null))
                .isInstanceOfSatisfying(
                        SealingRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.SENDER_NOT_AUTHORISED));
        assertThatThrownBy(() -> dialogs.dialogFor("legacy", null, null))
                .isInstanceOfSatisfying(
                        SealingRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.DROPPED_BY_POLICY));
        assertThat(dialogs.dialogFor("open", null, null)).isEmpty();
        assertThat(store.counters().refusedOutgoing())
                .containsEntry(Rejection.SENDER_NOT_AUTHORISED, 1L)
                .containsEntry(Rejection.DROPPED_BY_POLICY, 1L);
    }

    @Test
    void plaintextIsRefusedWhereSealedMessagesBelong() {
        assertThat(store.incoming("orders", false).unsealed(null)).isInstanceOf(Incoming.Refused.class);
        assertThat(store.incoming("open", false).unsealed(null)).isInstanceOf(Incoming.LeftAlone.class);
        assertThat(store.incoming("unheard.of", false).unsealed(null)).isInstanceOf(Incoming.LeftAlone.class);
        byte[] text = "plain".getBytes(StandardCharsets.UTF_8);
        assertRefused(store.incoming("orders", false), text, Rejection.PLAINTEXT_REFUSED);
    }

    @Test
    void plaintextIsToleratedUntilItsTimeIsUp() throws Exception {
        Instant until = Instant.now().plus(Duration.ofDays(10));
        AtomicReference<Instant> now = new AtomicReference<>(until.minusMillis(1));
        String addresses = ADDRESSES.replace(
                "receivers=\"shipping\"/>", "receivers=\"shipping\" plaintext-until=\"" + until + "\"/>");
        try (ClientEndpoint migrating = ClientEndpoint.open(
                configurations.write("migrating", List.of("shipping", "order-entry"), addresses), now::get)) {
            IncomingMessages orders = migrating.incoming("orders", false);
            assertThat(orders.unsealed("orders")).isInstanceOf(Incoming.LeftAlone.class);
            assertThat(orders.tolerate("orders")).isTrue();
            assertThat(orders.hidesUnsealed("orders")).isFalse();
            assertThat(migrating.counters().toleratedPlaintext()).isEqualTo(2);
            assertThat(migrating.counters().leftAlone()).isZero();

            byte[] envelope = sales.outgoing(false)
                    .dialogFor("orders", null, null)
                    .orElseThrow()
                    .seal(MessageContent.text("sealed"));
            assertThat(accepted(orders, envelope).message().text()).isEqualTo("sealed");
            envelope[envelope.length - 1] ^= 1;
            assertThat(orders.open(envelope, 0, envelope.length)).isInstanceOf(Incoming.Refused.class);
            assertThat(migrating.outgoing(false).dialogFor("orders", null, null))
                    .as("what this process sends is sealed")
                    .isPresent();

            assertThat(orders.sealedOnly().unsealed("orders")).isInstanceOf(Incoming.Refused.class);
            assertThat(orders.sealedOnly().hidesUnsealed("orders")).isTrue();
            assertThat(migrating.incoming("news.eu", false).unsealed(null)).isInstanceOf(Incoming.Refused.class);

            now.set(until);
            assertThat(orders.unsealed("orders")).isInstanceOf(Incoming.Refused.class);
            assertThat(orders.tolerate("orders")).isFalse();
            assertThat(orders.hidesUnsealed("orders")).isTrue();
            assertThat(migrating.counters().toleratedPlaintext()).isEqualTo(2);
            assertThat(migrating.counters().refusedIncoming()).containsEntry(Rejection.PLAINTEXT_REFUSED, 3L);
        }
    }

    @Test
    void aWildcardSubscriptionToleratesWhereTheAddressDoes() throws Exception {
        String addresses = "<addresses>"
                + "<address match=\"news.#\" action=\"apply\" plaintext-until=\"2999-01-01T00:00:00Z\"/>"
                + "<address match=\"news.secret\" action=\"apply\"/>"
                + "<address match=\"news.open\" action=\"bypass\"/>"
                + "<address match=\"news.old\" action=\"drop\"/></addresses>";
        try (ClientEndpoint migrating =
                ClientEndpoint.open(configurations.write("migrating", List.of("shipping"), addresses))) {
            IncomingMessages news = migrating.incoming("news.#", false);
            assertThat(news.unsealed("news.eu")).isInstanceOf(Incoming.LeftAlone.class);
            assertThat(news.unsealed("news.secret")).isInstanceOf(Incoming.Refused.class);
            assertThat(news.hidesUnsealed("news.secret")).isTrue();
            assertThat(news.opens("news.secret")).isTrue();
            assertThat(news.unsealed("news.old")).isInstanceOf(Incoming.Refused.class);
            assertThat(migrating.counters().toleratedPlaintext()).isEqualTo(1);
            assertThat(news.unsealed("news.open")).isInstanceOf(Incoming.LeftAlone.class);
            assertThat(news.opens("news.open")).isFalse();
            assertThat(migrating.counters().leftAlone()).isEqualTo(1);

            assertThat(migrating.incoming("news.secret", false).unsealed("news.eu"))
                    .as("somebody says it arrived elsewhere")
                    .isInstanceOf(Incoming.Refused.class);
        }
    }

    @Test
    void aReplyIsSealedInTheDialogOfItsRequestWithoutPublicKeyOperations() throws Exception {
        SealingDialog requests =
                sales.outgoing(false).dialogFor("orders", null, TEMPORARY).orElseThrow();
        Incoming.Accepted request =
                accepted(store.incoming("orders", false), requests.seal(MessageContent.text("how much?")));
        store.replies().remember(request, TEMPORARY, true, "ID:1", null);
        long before = store.cryptoCounters().publicKeyOperations();

        SealingDialog replies =
                store.outgoing(false).dialogFor(TEMPORARY, "ID:1", null).orElseThrow();
        byte[] reply = replies.seal(MessageContent.text("ten"));

        assertThat(replies.dialogId()).isEqualTo(requests.dialogId());
        assertThat(accepted(sales.incoming(TEMPORARY, true), reply).message().text())
                .isEqualTo("ten");
        assertThat(store.cryptoCounters().publicKeyOperations()).isEqualTo(before);
        assertThat(sales.incoming(TEMPORARY, true).unsealed(null))
                .as("a plain reply to a sealed request")
                .isInstanceOf(Incoming.Refused.class);
        assertThat(store.outgoing(false).dialogFor(TEMPORARY, null, null))
                .as("a reply without correlation id")
                .isPresent();
    }

    /** Asks order-entry's question at the store, which is to be answered at this address. */
    private ReplyBook.Request ask(
            ClientEndpoint from, String at, String replyTo, boolean temporary, String... correlations)
            throws Exception {
        SealingDialog requests =
                from.outgoing(false).dialogFor(at, null, replyTo).orElseThrow();
        Incoming.Accepted request =
                accepted(store.incoming(at, false), requests.seal(MessageContent.text("how much?")));
        return store.replies().remember(request, replyTo, temporary, correlations);
    }

    @Test
    void aRequestClaimsNothingThatPolicyGivesToOthers() throws Exception {
        String addresses = ADDRESSES.replace(
                "</addresses>",
                "<address match=\"invoices\" action=\"apply\""
                        + " senders=\"shipping\" receivers=\"billing\"/></addresses>");
        try (ClientEndpoint careful =
                ClientEndpoint.open(configurations.write("careful", List.of("shipping"), addresses))) {
            byte[] envelope = sales.outgoing(false)
                    .dialogFor("orders", null, "invoices")
                    .orElseThrow()
                    .seal(MessageContent.text("order"));
            Incoming.Accepted request = accepted(careful.incoming("orders", false), envelope);
            Object destination = new Object();
            careful.replies().handed(destination, careful.replies().remember(request, "invoices", false, "order-4711"));
            OutgoingDialogs dialogs = careful.outgoing(false);
            for (Object handed : new Object[] {null, destination}) {
                assertThat(dialogs.dialogFor("invoices", "order-4711", null, handed)
                                .orElseThrow()
                                .receivers())
                        .containsExactly(new ServiceName("billing"));
            }
        }
    }

    @Test
    void byNameOnlyATemporaryDestinationIsAReplyAddressWherePolicyLetsPass() throws Exception {
        ask(sales, "orders", "metrics", false, "c-1");
        ask(sales, "orders", "metrics", true, "c-2");
        Object destination = new Object();
        store.replies().handed(destination, ask(sales, "orders", "answers", false, "c-3"));
        OutgoingDialogs dialogs = store.outgoing(false);
        assertThat(dialogs.dialogFor("metrics", null, null)).isEmpty();
        assertThat(dialogs.dialogFor("metrics", "c-1", null)).isEmpty();
        assertThat(dialogs.dialogFor("metrics", "c-2", null)).isEmpty();
        assertThat(dialogs.dialogFor("answers", "c-3", null)).isEmpty();
        assertThat(dialogs.dialogFor("answers", null, null, destination))
                .as("a reply to this very message")
                .isPresent();
    }

    @Test
    void anUnsealedRequestIsAnsweredUnsealedWhoeverNamesItsAddress() throws Exception {
        Object destination = new Object();
        store.replies().handedUnsealed(destination);
        ask(sales, "orders", TEMPORARY, true, "ID:1");
        OutgoingDialogs dialogs = store.outgoing(false);
        assertThat(dialogs.dialogFor(TEMPORARY, "ID:1", null, destination)).isEmpty();
        assertThat(dialogs.dialogFor(TEMPORARY, "ID:1", null)).isPresent();
    }

    @Test
    void onlyWhoWasAskedAnswersAtATemporaryQueue() throws Exception {
        ask(sales, "orders", TEMPORARY, true, "ID:1");
        byte[] news = sales.outgoing(false)
                .dialogFor("news.eu", null, null)
                .orElseThrow()
                .seal(MessageContent.text("news"));
        try (ClientEndpoint billing =
                ClientEndpoint.open(configurations.write("billing", List.of("billing"), ADDRESSES))) {
            Incoming.Accepted heard = accepted(billing.incoming("news.eu", false), news);
            billing.replies().remember(heard, TEMPORARY, true, "ID:1");
            byte[] forged = billing.outgoing(false)
                    .dialogFor(TEMPORARY, "ID:1", null)
                    .orElseThrow()
                    .seal(MessageContent.text("twelve"));
            assertRefused(sales.incoming(TEMPORARY, true), forged, Rejection.SENDER_NOT_AUTHORISED);
        }
        byte[] reply = store.outgoing(false)
                .dialogFor(TEMPORARY, "ID:1", null)
                .orElseThrow()
                .seal(MessageContent.text("ten"));
        assertThat(accepted(sales.incoming(TEMPORARY, true), reply).message().text())
                .isEqualTo("ten");
    }

    private static final String MOVING = "<addresses>"
            + "<address match=\"orders\" action=\"apply\" senders=\"order-entry\" receivers=\"shipping\"/>"
            + "<address match=\"letters\" action=\"apply\" receivers=\"shipping\"/>"
            + "<address match=\"strict\" action=\"apply\" receivers=\"shipping\" senders=\"billing\"/>"
            + "<address match=\"others\" action=\"apply\" receivers=\"billing\"/>"
            + "<address match=\"anybodys\" action=\"apply\"/></addresses>";

    @Test
    void whatTheBrokerHasMovedIsOpenedWherePolicyNamesTheReceiver() throws Exception {
        try (ClientEndpoint reader = ClientEndpoint.open(configurations.write("reader", List.of("shipping"), MOVING))) {
            byte[] envelope = sales.outgoing(false)
                    .dialogFor("orders", null, null)
                    .orElseThrow()
                    .seal(MessageContent.text("ten"));
            Journey moved = new Journey("letters", "orders");
            accepted(reader.incoming("orders", false), envelope).message().acknowledge();

            IncomingMessages letters = reader.incoming("letters", false);
            Incoming.Accepted letter = (Incoming.Accepted) letters.open(envelope, 0, envelope.length, moved);
            assertThat(letter.message().text()).isEqualTo("ten");
            assertThat(letter.arrivedAt()).isEqualTo("letters");
            letter.message().acknowledge();
            assertThat(letters.open(envelope, 0, envelope.length, moved))
                    .as("as often as it would be given unsealed")
                    .isInstanceOf(Incoming.Duplicate.class);
            assertThat(letters.look(envelope, 0, envelope.length, moved)).isNotNull();
            assertThat(letters.look(envelope, 0, envelope.length, Journey.NONE)).isNull();

            assertRefused(letters, envelope, Rejection.WRONG_DESTINATION);
            assertThat(letters.open(envelope, 0, envelope.length, new Journey("letters", "anybodys")))
                    .as("of several moves the broker tells the last")
                    .isInstanceOf(Incoming.Duplicate.class);
            for (String place : List.of("others", "anybodys")) {
                assertMovedIsRefused(reader.incoming(place, false), envelope, Rejection.WRONG_DESTINATION);
            }
            assertMovedIsRefused(reader.incoming("strict", false), envelope, Rejection.SENDER_NOT_AUTHORISED);
        }
    }

    private static void assertMovedIsRefused(IncomingMessages incoming, byte[] envelope, Rejection reason) {
        assertThat(incoming.open(envelope, 0, envelope.length, new Journey(incoming.address(), "orders")))
                .isInstanceOfSatisfying(
                        Incoming.Refused.class,
                        refused -> assertThat(refused.rejected().reason()).isEqualTo(reason));
    }

    @Test
    void underAWildcardTheCopyOfADivertIsGivenBesideTheOriginal() throws Exception {
        byte[] envelope = sales.outgoing(false)
                .dialogFor("news.eu", null, null)
                .orElseThrow()
                .seal(MessageContent.text("news"));
        IncomingMessages news = store.incoming("news.#", false);
        Incoming.Accepted original =
                (Incoming.Accepted) news.open(envelope, 0, envelope.length, new Journey("news.eu", null));
        original.message().acknowledge();
        Incoming.Accepted copy =
                (Incoming.Accepted) news.open(envelope, 0, envelope.length, new Journey("news.all", "news.eu"));
        assertThat(copy.arrivedAt()).isEqualTo("news.all");
        assertThat(news.open(envelope, 0, envelope.length, new Journey("news.eu", null)))
                .isInstanceOf(Incoming.Duplicate.class);
    }

    @Test
    void whatWasRolledBackLeavesNoGap() throws Exception {
        OutgoingDialogs dialogs = sales.outgoing(true);
        IncomingMessages orders = store.incoming("orders", false);
        SealingDialog first = dialogs.dialogFor("orders", null, null).orElseThrow();
        byte[] committed = first.seal(MessageContent.text("1"));
        dialogs.committed();
        dialogs.dialogFor("orders", null, null).orElseThrow().seal(MessageContent.text("never sent"));
        dialogs.rolledBack();
        SealingDialog next = dialogs.dialogFor("orders", null, null).orElseThrow();
        byte[] after = next.seal(MessageContent.text("2"));

        assertThat(accepted(orders, committed).message().sequence()).isEqualTo(1);
        assertThat(accepted(orders, after).message().sequence()).isEqualTo(1);
        assertThat(next.dialogId()).isNotEqualTo(first.dialogId());
    }

    @Test
    void copiesAreRemovedOnceTheApplicationHasTakenTheMessage() throws Exception {
        byte[] envelope = sales.outgoing(false)
                .dialogFor("orders", null, null)
                .orElseThrow()
                .seal(MessageContent.text("1"));
        IncomingMessages orders = store.incoming("orders", false);
        accepted(orders, envelope);
        Incoming.Accepted redelivered = accepted(orders, envelope);
        redelivered.message().acknowledge();
        assertThat(orders.open(envelope, 0, envelope.length)).isInstanceOf(Incoming.Duplicate.class);
    }

    @Test
    void aWildcardSubscriptionOpensWhatWasSealedForOneOfItsAddresses() throws Exception {
        OutgoingDialogs dialogs = sales.outgoing(false);
        byte[] eu = dialogs.dialogFor("news.eu", null, null).orElseThrow().seal(MessageContent.text("eu"));
        byte[] order = dialogs.dialogFor("orders", null, null).orElseThrow().seal(MessageContent.text("no"));
        IncomingMessages news = store.incoming("news.#", false);
        assertThat(accepted(news, eu).message().text()).isEqualTo("eu");
        assertRefused(news, order, Rejection.WRONG_DESTINATION);
    }

    /** The broker routes these to it, also where no pattern of the policy seems to be about them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "news",
                "news.",
                "news.eu",
                "news.eu.",
                "news..eu",
                "news.eu.berlin",
                "news.a\\.b",
                "$sys.mqtt.retain.news.eu"
            })
    void aWildcardSubscriptionIsJudgedAsItsOwnAddressWhereTheAddressOfArrivalHasNoPolicy(String arrivedAt) {
        IncomingMessages news = store.incoming("news.#", false);
        assertThat(news.unsealed(arrivedAt)).isInstanceOf(Incoming.Refused.class);
        assertThat(news.leavesAlone(arrivedAt)).isFalse();
        assertThat(news.hidesUnsealed(arrivedAt)).isTrue();
        assertThat(store.incoming("#", false).unsealed("free")).isInstanceOf(Incoming.LeftAlone.class);
    }

    @Test
    void aProcessMaySpeakForSeveralServices() throws Exception {
        try (ClientEndpoint both =
                ClientEndpoint.open(configurations.write("both", List.of("order-entry", "shipping"), ADDRESSES))) {
            byte[] envelope = both.outgoing(false)
                    .dialogFor("orders", null, null)
                    .orElseThrow()
                    .seal(MessageContent.text("to myself"));
            assertThat(accepted(both.incoming("orders", false), envelope)
                            .message()
                            .text())
                    .isEqualTo("to myself");
        }
    }

    @Test
    void aChangedConfigurationIsAppliedAndAWrongOneIsNot() throws Exception {
        OutgoingDialogs dialogs = sales.outgoing(false);
        SealingDialog before = dialogs.dialogFor("orders", null, null).orElseThrow();

        configurations.write("sales", List.of("order-entry"), "<addresses default=\"nonsense\"/>");
        sales.reload();
        assertThat(dialogs.dialogFor("orders", null, null)).containsSame(before);

        configurations.write(
                "sales",
                List.of("order-entry"),
                "<addresses><address match=\"orders\" action=\"apply\" receivers=\"billing\"/></addresses>");
        sales.reload();
        byte[] envelope = dialogs.dialogFor("orders", null, null).orElseThrow().seal(MessageContent.text("x"));
        assertRefused(store.incoming("orders", false), envelope, Rejection.NOT_FOR_US);
    }

    @Test
    void whatIsDueTooLateIsNotSealed() {
        SealingDialog dialog =
                sales.outgoing(false).dialogFor("strict", null, null).orElseThrow();
        dialog.prepare(new Delivery(3_599_999, false));
        assertThatThrownBy(() -> dialog.prepare(new Delivery(3_600_000, false)))
                .isInstanceOfSatisfying(
                        SealingRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.STALE))
                .hasMessageContaining("message-max-age")
                .hasMessageContaining("PT1H");
        sales.outgoing(false).dialogFor("orders", null, null).orElseThrow().prepare(new Delivery(3_600_000, false));
    }

    @Test
    void whatMayBeDroppedIsTheLastOfItsDialogWhereGapsAreRefused() {
        OutgoingDialogs dialogs = sales.outgoing(false);
        SealingDialog dialog = dialogs.dialogFor("strict", null, null).orElseThrow();
        dialog.prepare(Delivery.USUAL);
        dialog.seal(MessageContent.text("1"));
        assertThat(dialogs.dialogFor("strict", null, null)).containsSame(dialog);
        dialog.prepare(new Delivery(0, true));
        dialog.seal(MessageContent.text("dropped"));
        byte[] next = dialogs.dialogFor("strict", null, null).orElseThrow().seal(MessageContent.text("2"));
        accepted(store.incoming("strict", false), next);

        SealingDialog orders = dialogs.dialogFor("orders", null, null).orElseThrow();
        orders.prepare(new Delivery(0, true));
        assertThat(dialogs.dialogFor("orders", null, null)).containsSame(orders);

        SealingDialog held = dialogs.begin("strict", null, Set.of(new ServiceName("shipping")));
        assertThatThrownBy(() -> held.prepare(new Delivery(0, true)))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContaining("allow gaps");
    }

    @Test
    void whereReplaysAreAllowedCopiesAreGivenAgain() {
        for (String address : List.of("orders", "prices")) {
            byte[] envelope = sales.outgoing(false)
                    .dialogFor(address, null, null)
                    .orElseThrow()
                    .seal(MessageContent.text("a"));
            accepted(store.incoming(address, false), envelope).message().acknowledge();
            Incoming again = store.incoming(address, false).open(envelope, 0, envelope.length);
            assertThat(again)
                    .isInstanceOf(address.equals("prices") ? Incoming.Accepted.class : Incoming.Duplicate.class);
        }
    }

    @Test
    void manyRemovedCopiesAreToldOfOnce() {
        RemovedCopies copies = new RemovedCopies();
        int told = 0;
        for (int i = 0; i < 5 * RemovedCopies.MANY; i++) {
            told += copies.manyAt("orders") ? 1 : 0;
            assertThat(copies.manyAt("orders." + i)).isFalse();
        }
        assertThat(told).isOne();
    }

    private static Incoming.Accepted accepted(IncomingMessages messages, byte[] envelope) {
        Incoming incoming = messages.open(envelope, 0, envelope.length);
        assertThat(incoming).isInstanceOf(Incoming.Accepted.class);
        return (Incoming.Accepted) incoming;
    }

    private static void assertRefused(IncomingMessages messages, byte[] envelope, Rejection reason) {
        assertThat(messages.open(envelope, 0, envelope.length))
                .isInstanceOfSatisfying(
                        Incoming.Refused.class,
                        refused -> assertThat(refused.rejected().reason()).isEqualTo(reason));
    }
}
