package io.dialogsecurity.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that seal in one dialog, killed, started again and given older state: no nonce is used twice under a key. */
class NoncesTest {

    @TempDir
    Path temporary;

    private final Map<String, Set<String>> saltsByKey = new HashMap<>();
    private final Map<String, Integer> livesByKey = new HashMap<>();
    private long newest;

    @BeforeEach
    void makeKeys() throws IOException {
        Instant now = Instant.now();
        CertificateAuthority root =
                CertificateAuthority.root("Root", now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30)));
        Files.createDirectories(temporary.resolve("keys"));
        root.writeCertificate(temporary.resolve("keys/root.pem"));
        IssuedIdentity sender = root.issue(
                SealingWorker.SENDER, Suite.SUITE_2, now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(20)));
        IssuedIdentity receiver = root.issue(
                SealingWorker.RECEIVER, Suite.SUITE_2, now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(20)));
        sender.writePem(temporary.resolve("keys/order-entry.pem"));
        receiver.writeCertificate(temporary.resolve("keys/shipping.pem"));
    }

    @Test
    @DisplayName("A process that is killed while it seals goes on with a key of its own, and with later numbers")
    void killed() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("NoncesTest: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int life = 1; life <= 5; life++) {
            long before = newest;
            List<Long> sequences = run(temporary.resolve("state"), life, Long.MAX_VALUE, 1 + random.nextInt(2_000));
            assertThat(sequences).as("numbers after a kill").allMatch(sequence -> sequence > before);
        }
        assertThat(livesByKey).hasSize(5);
    }

    @Test
    @DisplayName("State that was put back leads to keys of its own, though numbers are used again")
    void restored() throws Exception {
        Path state = temporary.resolve("state");
        run(state, 1, 50, Integer.MAX_VALUE);
        copy(state, temporary.resolve("backup"));
        run(state, 2, 50, Integer.MAX_VALUE);
        for (int life = 3; life <= 4; life++) {
            copy(temporary.resolve("backup"), state);
            assertThat(run(state, life, 50, Integer.MAX_VALUE)).contains(51L);
        }
        assertThat(livesByKey).hasSize(4);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Runs a process, kills it after so many lines, and returns the numbers it has used. */
    private List<Long> run(Path state, int life, long messages, int killAfter) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SealingWorker.class.getName(),
                        state.toString(),
                        temporary.resolve("keys").toString(),
                        Long.toString(messages)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Long> sequences = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                String[] words = line.split(" ");
                if (words.length < 3) {
                    continue; // the last line of a killed process
                }
                assertThat(saltsByKey
                                .computeIfAbsent(words[0], any -> new HashSet<>())
                                .add(words[1]))
                        .as("a salt that is new under its key")
                        .isTrue();
                assertThat(livesByKey.computeIfAbsent(words[0], any -> life))
                        .as("the life a key belongs to")
                        .isEqualTo(life);
                sequences.add(Long.parseLong(words[2]));
                newest = Math.max(newest, sequences.get(sequences.size() - 1));
                if (sequences.size() == killAfter) {
                    process.toHandle().destroyForcibly(); // what it has said so far is still read
                }
            }
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(sequences).isNotEmpty();
        return sequences;
    }
}
