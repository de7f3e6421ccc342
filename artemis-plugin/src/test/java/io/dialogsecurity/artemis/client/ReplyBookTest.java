package io.dialogsecurity.artemis.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.MessageContent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplyBookTest {

    private static final String ADDRESSES =
            "<addresses>" + "<address match=\"orders\" action=\"apply\" receivers=\"shipping\"/></addresses>";

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T12:00:00Z"));
    private final ReplyBook book = new ReplyBook(now::get, 3, 10);
    private ClientEndpoint sales;
    private ClientEndpoint billing;
    private ClientEndpoint store;

    @BeforeEach
    void open() throws Exception {
        TestConfigurations configurations = TestConfigurations.in(directory);
        sales = ClientEndpoint.open(configurations.write("sales", List.of("order-entry"), ADDRESSES));
        billing = ClientEndpoint.open(configurations.write("billing", List.of("billing"), ADDRESSES));
        store = ClientEndpoint.open(configurations.write("store", List.of("shipping"), ADDRESSES));
    }

    @AfterEach
    void close() {
        sales.close();
        billing.close();
        store.close();
    }

    private Incoming.Accepted request(ClientEndpoint from) {
        byte[] envelope = from.outgoing(false)
                .dialogFor("orders", null, null)
                .orElseThrow()
                .seal(MessageContent.text("question"));
        return (Incoming.Accepted) store.incoming("orders", false).open(envelope, 0, envelope.length);
    }

    private static final ReplyBook.Scope ANYBODY = new ReplyBook.Scope(service -> true, false, false);
    private static final ReplyBook.Scope TEMPORARY_ONLY = new ReplyBook.Scope(service -> true, true, false);
    private static final String UNIQUE = "0b7d2a5e-6c1f-4f8e-9d3a-2b4c6d8e0f12";

    private ReplyBook.Answered answered(String address, String correlation) {
        return book.answered(address, correlation, null, ANYBODY);
    }

    private ReplyBook.Request asked(ClientEndpoint from, String replyTo, String... correlations) {
        return book.remember(request(from), replyTo, false, correlations);
    }

    private static ReplyBook.Answered to(ReplyBook.Request request) {
        return new ReplyBook.Answered.To(request);
    }

    @Test
    void aRequestIsFoundByWhatItsReplyNames() {
        ReplyBook.Request first = asked(sales, "replies", "ID:1", "c-1", null);
        ReplyBook.Request second = asked(sales, "replies", "c-2");
        assertThat(answered("replies", "ID:1")).isEqualTo(to(first));
        assertThat(answered("replies", "c-1")).isEqualTo(to(first));
        assertThat(answered("replies", "c-2")).isEqualTo(to(second));
        assertThat(answered("replies", null)).as("the latest").isEqualTo(to(second));
        assertThat(answered("elsewhere", "c-1")).isInstanceOf(ReplyBook.Answered.Nobody.class);
        assertThat(first.message().payloadLength()).isZero();
    }

    @Test
    void nobodyTakesAnothersPlace() {
        ReplyBook.Request ours = asked(sales, "replies", "ID:1");
        assertThat(answered("replies", null)).isEqualTo(to(ours));
        ReplyBook.Request theirs = asked(billing, "replies", "ID:2", "ID:1");
        assertThat(answered("replies", "ID:1")).isInstanceOf(ReplyBook.Answered.OneOf.class);
        assertThat(answered("replies", "ID:2")).isEqualTo(to(theirs));
        assertThat(answered("replies", null)).as("whose would it be?").isInstanceOf(ReplyBook.Answered.OneOf.class);

        ReplyBook.Scope salesOnly = new ReplyBook.Scope(service -> service.equals(ours.asker()), false, true);
        assertThat(book.answered("replies", "ID:1", null, salesOnly)).isEqualTo(to(ours));
        assertThat(book.answered("replies", "ID:2", null, salesOnly)).isInstanceOf(ReplyBook.Answered.Nobody.class);
        assertThat(book.answered("replies", null, null, salesOnly)).isInstanceOf(ReplyBook.Answered.Nobody.class);
    }

    @Test
    void theDestinationThatCameWithARequestLeadsToIt() {
        ReplyBook.Request ours = asked(sales, "replies", "ID:1");
        ReplyBook.Request theirs = asked(billing, "replies", "ID:2", "ID:1");
        Object destination = new String("replies"); // equal to others, and not the same
        Object other = new String("replies");
        book.handed(destination, ours);
        book.handed(other, theirs);
        assertThat(book.answered("replies", "ID:1", destination, ANYBODY)).isEqualTo(to(ours));
        assertThat(book.answered("replies", "ID:2", destination, ANYBODY)).isEqualTo(to(ours));
        assertThat(book.answered("replies", null, other, ANYBODY)).isEqualTo(to(theirs));
        assertThat(book.answered("replies", null, new String("replies"), ANYBODY))
                .isInstanceOf(ReplyBook.Answered.OneOf.class);

        book.handed(destination, theirs);
        assertThat(book.answered("replies", null, destination, ANYBODY))
                .as("a provider that hands out one object twice")
                .isInstanceOf(ReplyBook.Answered.OneOf.class);
    }

    @Test
    void whoHasNotLookedWhereToReplyToARequestDoesNotAnswerIt() {
        ReplyBook.Request ours = asked(sales, "replies", "ID:1");
        asked(billing, "replies", "ID:2", "ID:1");
        ours.askedWhere();
        assertThat(answered("replies", "ID:1")).isEqualTo(to(ours));
        assertThat(answered("replies", null)).isEqualTo(to(ours));
    }

    @Test
    void aTemporaryAddressIsOneByItsKindAndByItsName() {
        book.remember(request(sales), "metrics", true, "ID:1");
        book.remember(request(sales), UNIQUE, false, "ID:1");
        assertThat(book.answered("metrics", "ID:1", null, TEMPORARY_ONLY))
                .isInstanceOf(ReplyBook.Answered.Nobody.class);
        assertThat(book.answered(UNIQUE, "ID:1", null, TEMPORARY_ONLY)).isInstanceOf(ReplyBook.Answered.Nobody.class);
        ReplyBook.Request request = book.remember(request(sales), UNIQUE, true, "ID:1");
        assertThat(book.answered(UNIQUE, "ID:1", null, TEMPORARY_ONLY)).isEqualTo(to(request));
    }

    @Test
    void itIsBoundedForEachAskerAndForgets() {
        ReplyBook.Request other = asked(billing, "replies", "ID:b");
        for (int i = 0; i < 5; i++) {
            asked(sales, "sales", "ID:" + i);
            asked(sales, "address " + i);
        }
        assertThat(answered("replies", "ID:b")).isEqualTo(to(other));
        ReplyBook.Scope correlated = new ReplyBook.Scope(service -> true, false, true);
        assertThat(book.answered("sales", "ID:1", null, correlated)).isInstanceOf(ReplyBook.Answered.Nobody.class);
        assertThat(book.answered("sales", "ID:4", null, correlated)).isInstanceOf(ReplyBook.Answered.To.class);
        now.set(now.get().plus(Duration.ofHours(25)));
        assertThat(book.answered("sales", "ID:4", null, correlated)).isInstanceOf(ReplyBook.Answered.Nobody.class);
        assertThat(answered("sales", null))
                .as("the address stays closed to plaintext")
                .isInstanceOf(ReplyBook.Answered.Forgotten.class);
    }
}
