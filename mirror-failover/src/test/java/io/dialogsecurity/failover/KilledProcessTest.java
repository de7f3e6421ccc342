package io.dialogsecurity.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.SequenceMemory;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes, killed at random moments, many of them in the middle of a commit. */
class KilledProcessTest {

    @TempDir
    Path directory;

    /** What the processes have said of each dialog. */
    private static final class Model {
        private final Map<Long, Long> arrived = new HashMap<>();
        private final Set<Long> acknowledged = new HashSet<>();
        private final Map<Long, Long> taken = new HashMap<>();
        private long newestArrived;
        private long lastTaken;
        private long used;
        private boolean remembered;

        // What may have happened without a word, because a process died before it could say so.
        private long unspoken;
        private final Set<Long> maybeAcknowledged = new HashSet<>();
        private final Set<Long> maybeWithdrawn = new HashSet<>();

        private void killed() {
            unspoken++;
            maybeAcknowledged.add(newestArrived);
            maybeWithdrawn.add(lastTaken);
        }

        private void checked(long newest, long newUsed) {
            unspoken = 0;
            maybeAcknowledged.clear();
            newestArrived = newest;
            used = newUsed;
        }
    }

    private final Map<Long, Model> dialogs = new HashMap<>();

    @ParameterizedTest(name = "{0} kills, each change forced: {1}")
    @CsvSource({"24, false", "6, true"})
    @DisplayName("Nothing a killed process was told is remembered is forgotten, and nothing is made up")
    void killed(int kills, boolean sync) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("KilledProcessTest: -Dseed=" + seed);
        Random random = new Random(seed);
        long lines = 0;
        for (int kill = 0; kill < kills; kill++) {
            lines += runAndKill(random.nextLong(), sync, 1 + random.nextInt(sync ? 500 : 40_000));
            if (random.nextInt(3) == 0 || kill == kills - 1) {
                try (EndpointStore store = TestStores.open(directory)) {
                    check(store, "seed " + seed + ", kill " + kill);
                }
            }
        }
        System.out.println("KilledProcessTest: " + kills + " kills after " + lines + " changes in all");
    }

    /** Returns how many changes it made before it was killed. */
    private long runAndKill(long seed, boolean sync, int afterLines) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RandomWorker.class.getName(),
                        directory.toString(),
                        Long.toString(seed),
                        Boolean.toString(sync)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long lines = 0;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                apply(line);
                lines++;
                if (lines == afterLines) {
                    process.toHandle().destroyForcibly(); // what it has said so far is still read
                }
            }
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        dialogs.values().forEach(Model::killed);
        assertThat(lines).as("lines before the process ended by itself").isGreaterThanOrEqualTo(afterLines);
        return lines;
    }

    private void apply(String line) {
        String[] words = line.split(" ");
        Model dialog = dialogs.computeIfAbsent(Long.parseLong(words[1]), any -> new Model());
        long sequence = Long.parseLong(words[2]);
        long mic = Long.parseLong(words[3]);
        switch (words[0]) {
            case "arrived" -> {
                dialog.arrived.put(sequence, mic);
                dialog.newestArrived = sequence;
            }
            case "acknowledged" -> dialog.acknowledged.add(sequence);
            case "taken" -> {
                dialog.taken.put(sequence, mic);
                dialog.lastTaken = sequence;
            }
            case "withdrawn" -> dialog.taken.remove(sequence);
            case "used" -> {
                assertThat(sequence).as("a number used twice").isGreaterThan(dialog.used);
                dialog.used = sequence;
            }
            case "remembered" -> dialog.remembered = true;
            default -> throw new AssertionError(line);
        }
    }

    private void check(EndpointStore store, String when) {
        dialogs.forEach((id, dialog) -> {
            String which = when + ", dialog " + id;
            ReceiveWindow window = store.windows().window(TestStores.windowKey(id));
            long newest = window.newest();
            assertThat(newest).as(which).isBetween(dialog.newestArrived, dialog.newestArrived + dialog.unspoken);
            dialog.arrived.forEach((sequence, mic) -> {
                checkArrived(window, dialog, sequence, mic, newest - sequence, which + ", number " + sequence);
            });
            if (newest != 0) {
                assertThat(window.arrive(newest + 2, 1, true)).as(which).isEqualTo(Arrival.AFTER_GAP);
            }
            checkClaims(store.claims().window(TestStores.claimKey(id)), dialog, which);
            long used =
                    store.dialogs().sending("orders", new DialogId(7, id), 0).last();
            assertThat(used).as(which).isBetween(dialog.used, dialog.used + dialog.unspoken);
            assertThat(store.dialogs().find("orders", new DialogId(7, id)).isPresent() || !dialog.remembered)
                    .as(which)
                    .isTrue();
            dialog.checked(newest, used);
        });
    }

    /** What is old and acknowledged cannot be told from another any more; what is old and not is known for ever. */
    private static void checkArrived(
            ReceiveWindow window, Model dialog, long sequence, long mic, long age, String number) {
        if (age >= SequenceMemory.NEWEST) {
            Arrival old = window.arrive(sequence, mic, true);
            if (old == Arrival.BEFORE_WINDOW && dialog.maybeAcknowledged.contains(sequence)) {
                dialog.acknowledged.add(sequence);
            }
            assertThat(old)
                    .as(number)
                    .isEqualTo(dialog.acknowledged.contains(sequence) ? Arrival.BEFORE_WINDOW : Arrival.REDELIVERED);
            return;
        }
        assertThat(window.arrive(sequence, mic + 1, true)).as(number).isEqualTo(Arrival.CONFLICT);
        Arrival again = window.arrive(sequence, mic, true);
        if (again == Arrival.DUPLICATE && dialog.maybeAcknowledged.contains(sequence)) {
            dialog.acknowledged.add(sequence);
        }
        assertThat(again)
                .as(number)
                .isEqualTo(dialog.acknowledged.contains(sequence) ? Arrival.DUPLICATE : Arrival.REDELIVERED);
    }

    private static void checkClaims(ClaimWindow claims, Model dialog, String which) {
        dialog.taken.forEach((sequence, mic) -> {
            Claim again = claims.take(sequence, mic, true);
            if (again != Claim.TAKEN || !dialog.maybeWithdrawn.contains(sequence)) {
                assertThat(again).as(which + ", claim " + sequence).isEqualTo(Claim.PENDING);
            }
        });
        dialog.maybeWithdrawn.clear();
    }
}
