package io.dialogsecurity.failover;

import static io.dialogsecurity.failover.TestStores.CLOCK;
import static io.dialogsecurity.failover.TestStores.claimKey;
import static io.dialogsecurity.failover.TestStores.windowKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.DialogStatus;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.SendSequence;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of a service, each with a tail of its own, and one database server, which is another process. */
class SharedStoreTest {

    private static final Pattern PORT = Pattern.compile(":(\\d+)");

    @TempDir
    Path directory;

    private Process server;
    private String url;

    @BeforeEach
    void start() throws Exception {
        url = startServer();
    }

    /** Starts it and returns its URL. */
    String startServer() throws Exception {
        server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.h2.tools.Server",
                        "-tcp",
                        "-tcpPort",
                        "0",
                        "-ifNotExists",
                        "-baseDir",
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        Matcher port = PORT.matcher(out.readLine());
        assertThat(port.find()).isTrue();
        return "jdbc:h2:tcp://localhost:" + port.group(1) + "/./shared";
    }

    @AfterEach
    void stopServer() throws Exception {
        server.destroyForcibly().waitFor();
    }

    private EndpointStore instance(String name) {
        return EndpointStore.open(
                StoreSettings.in(directory.resolve(name))
                        .url(url)
                        .commitInterval(Duration.ofMillis(5))
                        .build(),
                CLOCK);
    }

    @Test
    @DisplayName("Who takes a dialog over finds window and dialog as the other left them")
    void takenOver() {
        try (EndpointStore one = instance("one");
                EndpointStore other = instance("other")) {
            one.windows().window(windowKey(1)).arrive(1, 10, false);
            one.windows().window(windowKey(1)).acknowledge(1);
            one.dialogs().remember(TestStores.dialog(1, DialogStatus.ENDED_BY_PEER));
            Await.until(() -> one.health().tailFill() == 0);
            assertThat(other.windows().window(windowKey(1)).arrive(1, 10, false))
                    .isEqualTo(Arrival.DUPLICATE);
            assertThat(other.dialogs()
                            .find("orders", new DialogId(7, 1))
                            .orElseThrow()
                            .status())
                    .isEqualTo(DialogStatus.ENDED_BY_PEER);
        }
    }

    @Test
    @DisplayName("Two who receive in the same dialog at once know after a commit what either has seen")
    void merged() {
        try (EndpointStore one = instance("one");
                EndpointStore other = instance("other")) {
            for (int sequence = 1; sequence <= 300; sequence++) {
                EndpointStore mine = sequence % 2 == 0 ? one : other;
                mine.windows().window(windowKey(1)).arrive(sequence, sequence, false);
                mine.windows().window(windowKey(1)).acknowledge(sequence);
            }
            Await.until(() -> one.health().tailFill() == 0 && other.health().tailFill() == 0);
            try (EndpointStore third = instance("third")) {
                for (int sequence = 1; sequence <= 300; sequence++) {
                    assertThat(third.windows().window(windowKey(1)).arrive(sequence, sequence, false))
                            .as("number %d", sequence)
                            .isEqualTo(Arrival.DUPLICATE);
                }
            }
        }
    }

    @Test
    @DisplayName("What one has committed counts for the other, also where that one had the window in memory before")
    void committedByOther() {
        try (EndpointStore one = instance("one");
                EndpointStore other = instance("other")) {
            ReceiveWindow mine = one.windows().window(windowKey(1));
            ReceiveWindow theirs = other.windows().window(windowKey(1));
            ClaimWindow myClaims = one.claims().window(claimKey(1));
            ClaimWindow theirClaims = other.claims().window(claimKey(1));
            assertThat(theirs.arrive(1, 10, false)).isEqualTo(Arrival.NEXT);
            assertThat(theirClaims.take(1, 10, false)).isEqualTo(Claim.TAKEN);
            Await.until(() -> other.health().tailFill() == 0);
            assertThat(mine.arrive(1, 10, false)).isEqualTo(Arrival.REDELIVERED);
            for (long number = 2; number <= 3_000; number++) {
                assertThat(mine.arrive(number, number, false)).isEqualTo(Arrival.NEXT);
                if (number != 1_000) {
                    mine.acknowledge(number);
                }
                assertThat(myClaims.take(number, number, false)).isEqualTo(Claim.TAKEN);
                myClaims.stored(number, number);
            }
            Await.until(() -> one.health().tailFill() == 0);
            assertThat(theirs.arrive(3_000, 3_000, false)).isEqualTo(Arrival.DUPLICATE);
            assertThat(theirs.arrive(3_000, 3, false)).isEqualTo(Arrival.CONFLICT);
            assertThat(theirs.arrive(2, 2, false)).isEqualTo(Arrival.BEFORE_WINDOW);
            assertThat(theirs.arrive(1_000, 1_000, false)).isEqualTo(Arrival.REDELIVERED);
            assertThat(theirs.arrive(3_001, 1, false)).isEqualTo(Arrival.NEXT);
            assertThat(theirClaims.take(3_000, 3_000, false)).isEqualTo(Claim.REPLAYED);
            assertThat(theirClaims.take(2_999, 1, false)).isEqualTo(Claim.CONFLICT);
            assertThat(theirClaims.take(2, 2, false)).isEqualTo(Claim.TOO_OLD);
            Await.until(() -> other.health().tailFill() == 0);
            long commits = one.health().commits() + other.health().commits();
            for (int again = 0; again < 20; again++) {
                assertThat(mine.arrive(3_001, 1, false)).isEqualTo(Arrival.REDELIVERED);
                assertThat(theirs.arrive(2_999, 2_999, false)).isEqualTo(Arrival.DUPLICATE);
            }
            assertThat(one.health().commits() + other.health().commits())
                    .as("nothing is written back and forth")
                    .isEqualTo(commits);
        }
    }

    @Test
    @DisplayName("A number that one guard gives back is free for the other, however old it is")
    void releasedByOther() {
        try (EndpointStore one = instance("one");
                EndpointStore other = instance("other")) {
            ClaimWindow mine = one.claims().window(claimKey(1));
            ClaimWindow theirs = other.claims().window(claimKey(1));
            for (long number = 1; number <= 10_000; number++) {
                mine.take(number, number, true);
                mine.stored(number, number);
            }
            Await.until(() -> one.health().tailFill() == 0);
            for (long number : new long[] {3, 5_000, 9_999}) {
                assertThat(theirs.take(number, number, false)).isNotEqualTo(Claim.TAKEN);
                mine.release(number, number);
                Await.until(() -> one.health().tailFill() == 0);
                assertThat(theirs.take(number, number, false)).as("%d", number).isEqualTo(Claim.TAKEN);
                theirs.stored(number, number);
                Await.until(() -> other.health().tailFill() == 0);
                assertThat(mine.take(number, number, false)).isEqualTo(Claim.REPLAYED);
                theirs.release(number, number);
                Await.until(() -> other.health().tailFill() == 0);
                mine.release(number, number); // he has not asked since
                assertThat(mine.take(number, number, false)).isEqualTo(Claim.TAKEN);
                mine.stored(number, number);
            }
        }
    }

    @Test
    @DisplayName("A number that one guard has given back and not written yet stays so when the other writes meanwhile")
    void releasedAndNotWritten() {
        try (EndpointStore first = instance("first")) {
            ClaimWindow claims = first.claims().window(claimKey(1));
            for (long number = 1; number <= 10_000; number++) {
                claims.take(number, number, true);
                claims.stored(number, number);
            }
        }
        long[] released = {3, 5_000, 9_999};
        try (EndpointStore one = EndpointStore.open(
                        StoreSettings.in(directory.resolve("one"))
                                .url(url)
                                .commitInterval(Duration.ofMinutes(5))
                                .build(),
                        CLOCK);
                EndpointStore other = instance("other")) {
            ClaimWindow mine = one.claims().window(claimKey(1));
            for (long number : released) {
                mine.release(number, number);
            }
            ClaimWindow theirs = other.claims().window(claimKey(1));
            theirs.take(10_001, 10_001, true);
            theirs.stored(10_001, 10_001);
            Await.until(() -> other.health().tailFill() == 0);
            assertThat(mine.take(10_001, 10_001, true)).isEqualTo(Claim.REPLAYED);
            assertThat(mine.take(9_999, 9_999, true)).isEqualTo(Claim.TAKEN);
        }
        try (EndpointStore third = instance("third")) {
            ClaimWindow claims = third.claims().window(claimKey(1));
            assertThat(claims.take(3, 3, true)).isEqualTo(Claim.TAKEN);
            assertThat(claims.take(5_000, 5_000, true)).isEqualTo(Claim.TAKEN);
            assertThat(claims.take(9_999, 9_999, true)).isEqualTo(Claim.PENDING);
            assertThat(claims.take(9_998, 9_998, true)).isEqualTo(Claim.REPLAYED);
        }
    }

    @Test
    @DisplayName("Two who send in the same dialog at once never use a number twice, dead or alive")
    void numbersAreUsedOnce() {
        Set<Long> used = new HashSet<>();
        EndpointStore one = instance("one");
        try (EndpointStore other = instance("other")) {
            SendSequence mine = one.dialogs().sending("orders", new DialogId(7, 1), 0);
            one.dialogs().remember(TestStores.dialog(1, DialogStatus.OPEN));
            mine.use(1);
            used.add(1L);
            Await.until(() -> one.health().tailFill() == 0);
            SendSequence theirs = other.dialogs().sending("orders", new DialogId(7, 1), 0);
            for (int i = 0; i < 2_000; i++) {
                send(mine, used);
                send(theirs, used);
            }
        } finally {
            one.close();
        }
        try (EndpointStore third = instance("third")) {
            SendSequence next = third.dialogs().sending("orders", new DialogId(7, 1), 0);
            for (int i = 0; i < 10; i++) {
                send(next, used);
            }
        }
        assertThat(used).hasSizeGreaterThan(3_000);
    }

    @Test
    @DisplayName("Who reads a window while another writes it finds it whole, and does not take it for damaged")
    void readWhileWritten() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (EndpointStore one = EndpointStore.open(
                        StoreSettings.in(directory.resolve("one"))
                                .url(url)
                                .commitInterval(Duration.ofMillis(1))
                                .build(),
                        CLOCK);
                EndpointStore other = EndpointStore.open(
                        StoreSettings.in(directory.resolve("other"))
                                .url(url)
                                .maxWindowsInMemory(16)
                                .build(),
                        CLOCK)) {
            ReceiveWindow written = one.windows().window(windowKey(0));
            Thread writer = new Thread(() -> {
                for (long sequence = 1; !stop.get(); sequence++) {
                    written.arrive(sequence, sequence, false);
                    LockSupport.parkNanos(5_000);
                }
            });
            writer.start();
            try {
                for (int dialog = 0; dialog < 30_000; dialog++) {
                    // Others push it out of memory, so that it is read again.
                    other.windows().window(windowKey(dialog % 20));
                }
            } finally {
                stop.set(true);
                writer.join();
            }
            assertThat(other.health().problem()).isEmpty();
        }
    }

    @Test
    @DisplayName("Instances that open a new database at the same moment all find it made")
    void openedTogether() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Arrival>> opened = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int dialog = i;
                opened.add(threads.submit(() -> {
                    together.await();
                    try (EndpointStore store = instance("together-" + dialog)) {
                        return store.windows().window(windowKey(dialog)).arrive(1, 1, false);
                    }
                }));
            }
            for (Future<Arrival> one : opened) {
                assertThat(one.get()).isEqualTo(Arrival.NEXT);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** A number that is taken away meanwhile is refused; the application sends again. */
    private static void send(SendSequence sequence, Set<Long> used) {
        long next = sequence.last() + 1;
        try {
            sequence.use(next);
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("Send the message again");
            return;
        }
        assertThat(used.add(next)).as("number %d", next).isTrue();
    }
}
