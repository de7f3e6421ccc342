package io.dialogsecurity.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.DialogStatus;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many new dialogs at once, many times more than the tail has room for. */
class BurstTest {

    /** Room for about 800 new dialogs. */
    static final int TAIL = 4_096;

    private static final int THREADS = 4;
    private static final int DIALOGS = 40_000;

    @TempDir
    Path directory;

    @Test
    @DisplayName("A burst of new dialogs is taken, none refused, and all of it is there when the store is opened again")
    void nothingIsRefused() throws Exception {
        try (EndpointStore store = open()) {
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                all.add(threads.submit(() -> begin(store, first)));
            }
            for (Future<?> one : all) {
                one.get();
            }
            threads.shutdown();
            check(store); // what has left memory is read again
        }
        try (EndpointStore store = open()) {
            assertThat(store.health().rows())
                    .isEqualTo(new StoredRows(DIALOGS, DIALOGS, DIALOGS / 10, DIALOGS / 10, 0));
            Await.until(store::knowsKeys);
            check(store);
        }
    }

    private static void begin(EndpointStore store, int first) {
        for (int dialog = first; dialog < DIALOGS; dialog += THREADS) {
            store.claims().window(TestStores.claimKey(dialog)).take(1, dialog, true);
            store.windows().window(TestStores.windowKey(dialog)).arrive(1, dialog, true);
            if (dialog % 10 == 0) {
                store.dialogs().remember(TestStores.dialog(dialog, DialogStatus.OPEN));
                store.dialogs().sending("orders", new DialogId(7, dialog), 0).use(1);
            }
        }
    }

    private static void check(EndpointStore store) {
        for (int dialog = 0; dialog < DIALOGS; dialog++) {
            assertThat(store.claims().window(TestStores.claimKey(dialog)).take(1, dialog + 1, true))
                    .isEqualTo(Claim.CONFLICT);
            assertThat(store.windows().window(TestStores.windowKey(dialog)).arrive(1, dialog, true))
                    .isEqualTo(Arrival.REDELIVERED);
            if (dialog % 10 == 0) {
                assertThat(store.dialogs().find("orders", new DialogId(7, dialog)))
                        .isPresent();
                assertThat(store.dialogs()
                                .sending("orders", new DialogId(7, dialog), 0)
                                .last())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName(
            "A process killed in the middle of a burst has forgotten none of the dialogs it was told are remembered")
    void killed() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("BurstTest: -Dseed=" + seed);
        Random random = new Random(seed);
        List<Long> taken = new ArrayList<>();
        long first = 0;
        for (int kill = 0; kill < 6; kill++) {
            first = runAndKill(first, 1 + random.nextInt(15_000), taken) + BurstWorker.THREADS + 1;
            try (EndpointStore store = open()) {
                for (long dialog : taken) {
                    assertThat(store.claims()
                                    .window(TestStores.claimKey(dialog))
                                    .take(1, dialog, true))
                            .as("seed " + seed + ", kill " + kill + ", dialog " + dialog)
                            .isEqualTo(Claim.PENDING);
                }
                assertThat(store.health().rows().claims())
                        .isBetween((long) taken.size(), taken.size() + (kill + 1L) * BurstWorker.THREADS);
            }
        }
    }

    /** Returns the last dialog it has taken. */
    private long runAndKill(long first, int afterLines, List<Long> taken) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BurstWorker.class.getName(),
                        directory.toString(),
                        Long.toString(first)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long last = first;
        int lines = 0;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                taken.add(Long.parseLong(line));
                last = Math.max(last, Long.parseLong(line));
                lines++;
                if (lines == afterLines) {
                    process.toHandle().destroyForcibly(); // what it has said so far is still read
                }
            }
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(lines).as("lines before the process ended by itself").isGreaterThanOrEqualTo(afterLines);
        return last;
    }

    private EndpointStore open() {
        return EndpointStore.open(
                StoreSettings.in(directory)
                        .tailRecords(TAIL)
                        .maxWindowsInMemory(1_000)
                        .build(),
                TestStores.CLOCK);
    }
}
