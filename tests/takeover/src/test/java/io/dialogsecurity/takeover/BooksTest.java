package io.dialogsecurity.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BooksTest {

    private static final Lane LANE = new Lane(Flow.ORDERS, Side.SEALED);

    @TempDir
    Path instances;

    private Path sender;
    private Path receiver;
    private Path other;

    @BeforeEach
    void instances() throws IOException {
        sender = Files.createDirectory(instances.resolve("sender"));
        receiver = Files.createDirectory(instances.resolve("receiver"));
        other = Files.createDirectory(instances.resolve("other"));
    }

    @Test
    @DisplayName("What was answered and never received is lost; what was never answered is not")
    void lost() throws IOException {
        write(sender, "b 1 10", "s 1 11", "b 2 12", "s 2 13", "b 3 14");
        write(receiver, "g 1 20", "a 1 21");
        assertThat(tally().lost()).isEqualTo(1);
        assertThat(tally().sent()).isEqualTo(2);
        assertThat(tally().received()).isEqualTo(1);
    }

    @Test
    @DisplayName("What was sent after a time may be on its way")
    void onItsWay() throws IOException {
        write(sender, "s 1 11", "s 2 13");
        write(receiver, "g 1 20");
        assertThat(books().tally(LANE, 12).lost()).isZero();
        assertThat(books().tally(LANE, 13).lost()).isEqualTo(1);
        assertThat(books().missing(LANE, 13)).containsExactly(2);
    }

    @Test
    @DisplayName(
            "A message that comes again is doubled if it had been acknowledged, by whichever instance, and else redelivered")
    void doubledOrRedelivered() throws IOException {
        write(receiver, "g 1 20", "g 1 21", "a 1 22");
        assertThat(tally().redelivered()).isEqualTo(1);
        assertThat(tally().doubled()).isZero();
        write(other, "g 1 30");
        assertThat(tally().redelivered()).isEqualTo(1);
        assertThat(tally().doubled()).isEqualTo(1);
    }

    @Test
    @DisplayName("What AMQP acknowledges outside a transaction is certain for the instance at once, for others later")
    void amqp() throws IOException {
        Lane payments = new Lane(Flow.PAYMENTS, Side.SEALED);
        writeIn(payments, receiver, "g 1 1000000", "a 1 1000001");
        writeIn(payments, other, "g 1 1000002");
        assertThat(books().tally(payments).redelivered()).isEqualTo(1);
        assertThat(books().tally(payments).doubled()).isZero();
        writeIn(payments, other, "g 1 6000002");
        assertThat(books().tally(payments).doubled()).isEqualTo(1);
        writeIn(payments, receiver, "g 1 1000003");
        assertThat(books().tally(payments).doubled()).isEqualTo(2);
    }

    @Test
    @DisplayName("A message that comes for the first time after a later one is reordered; one that comes again is not")
    void reordered() throws IOException {
        write(receiver, "g 1 20", "g 3 21", "g 1 22");
        assertThat(tally().reordered()).isZero();
        write(other, "g 2 30");
        assertThat(tally().reordered()).isEqualTo(1);
    }

    @Test
    @DisplayName("A line that was cut does not count until it is whole")
    void cut() throws IOException {
        Books books = books();
        write(receiver, "g 1 20");
        Path ledger = receiver.resolve("ledger-1");
        Files.writeString(ledger, "g sealed.or", StandardOpenOption.APPEND);
        books.read();
        assertThat(books.mark(LANE)).isEqualTo(1);
        Files.writeString(ledger, "ders 2 21\n", StandardOpenOption.APPEND);
        books.read();
        assertThat(books.mark(LANE)).isEqualTo(2);
    }

    @Test
    @DisplayName("The gap ends with the first message received that was also sent after the kill")
    void gap() throws IOException {
        write(sender, "s 1 10", "s 2 11", "s 3 105");
        write(receiver, "g 1 20", "g 2 101", "g 3 120");
        assertThat(books().firstReceived(LANE, 0, 100, false)).hasValue(120);
        assertThat(books().firstReceived(LANE, 0, 100, true)).hasValue(101);
        assertThat(books().firstReceived(LANE, 0, 120, true)).isEmpty();
    }

    private Books books() {
        Books books = new Books(instances);
        books.read();
        return books;
    }

    private Books.Tally tally() {
        return books().tally(LANE);
    }

    /** As in "g 1 20": the entry, the number, the time. */
    private static void write(Path home, String... lines) throws IOException {
        writeIn(LANE, home, lines);
    }

    private static void writeIn(Lane lane, Path home, String... lines) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(line, 0, 2)
                    .append(lane.address())
                    .append(line.substring(1))
                    .append('\n');
        }
        Files.writeString(home.resolve("ledger-1"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
