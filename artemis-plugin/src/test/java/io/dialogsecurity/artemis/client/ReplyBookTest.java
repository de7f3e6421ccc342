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

    @Test
    void aRequestIsFoundByWhatItsReplyNames() {
        book.remember(request(sales), "replies", "ID:1", "c-1");
        assertThat(book.request("replies", "ID:1")).isPresent();
        assertThat(book.request("replies", "c-1")).isPresent();
        assertThat(book.request("elsewhere", "c-1")).isEmpty();
        assertThat(book.request("replies", null)).isEmpty();
        assertThat(book.request("replies", "c-1"))
                .hasValueSatisfying(
                        found -> assertThat(found.message().payloadLength()).isZero());
    }

    @Test
    void aReplyWithoutNameGoesToTheOnlyInitiatorThereIs() {
        book.remember(request(sales), "temporary", "ID:1");
        book.remember(request(sales), "shared", "ID:2");
        book.remember(request(billing), "shared", "ID:3");
        assertThat(book.latestRequest("temporary")).isPresent();
        assertThat(book.latestRequest("shared")).as("whose would it be?").isEmpty();
        assertThat(book.isReplyAddress("shared")).isTrue();
    }

    @Test
    void itIsBoundedAndForgets() {
        for (int i = 0; i < 5; i++) {
            book.remember(request(sales), "replies", "ID:" + i);
        }
        assertThat(book.request("replies", "ID:1")).isEmpty();
        assertThat(book.request("replies", "ID:4")).isPresent();
        now.set(now.get().plus(Duration.ofHours(25)));
        assertThat(book.request("replies", "ID:4")).isEmpty();
        assertThat(book.latestRequest("replies")).isEmpty();
        assertThat(book.isReplyAddress("replies"))
                .as("the address stays closed to plaintext")
                .isTrue();
    }
}
