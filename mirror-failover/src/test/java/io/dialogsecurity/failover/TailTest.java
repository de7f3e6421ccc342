package io.dialogsecurity.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TailTest {

    private static final long BOOT = 0x1234_5678_9abc_def0L;
    private static final int RECORDS = 256;

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("tail");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @DisplayName("Against a queue: written, wrapped, full, released, left unfinished, opened again")
    void agreesWithQueue(long seed) throws Exception {
        Random random = new Random(seed);
        Deque<Tail.Found.Entry> model = new ArrayDeque<>();
        Tail tail = Tail.create(file(), RECORDS, seed, 1, BOOT);
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    long to = tail.start() + random.nextInt((int) (tail.next() - tail.start()) + 1);
                    tail.release(to);
                    model.removeIf(entry -> entry.position() < to);
                }
                case 1 -> {
                    byte[] blob = new byte[random.nextInt(120)];
                    random.nextBytes(blob);
                    long position = tail.claim(1 + Tail.parts(blob.length));
                    if (position > 0) {
                        tail.write(position, Operation.DEFINE, step, blob);
                        model.add(new Tail.Found.Entry(
                                position, Operation.DEFINE, step, blob.length, Checksum.of(blob), blob));
                    }
                }
                case 2 -> tail.claim(1 + random.nextInt(3)); // whoever did that died before he could write
                case 3 -> {
                    if (random.nextInt(20) == 0) {
                        tail.close();
                        tail = Tail.open(file(), BOOT);
                        same(tail.read(), model, tail);
                        tail.begin();
                    }
                }
                default -> {
                    long position = tail.claim(1);
                    if (position > 0) {
                        tail.write(position, Operation.USE, step, position, ~position);
                        model.add(new Tail.Found.Entry(position, Operation.USE, step, position, ~position, null));
                    } else {
                        assertThat(tail.next() - tail.start()).isEqualTo(RECORDS);
                    }
                }
            }
        }
        tail.close();
    }

    private static void same(Tail.Found found, Deque<Tail.Found.Entry> model, Tail tail) {
        // A blob of which the start was released is not found any more; the model forgets it by its first position too.
        assertThat(found.powerLost()).isFalse();
        assertThat(found.entries()).hasSameSizeAs(model);
        for (Tail.Found.Entry entry : found.entries()) {
            Tail.Found.Entry expected = model.stream()
                    .filter(each -> each.position() == entry.position())
                    .findFirst()
                    .orElseThrow();
            assertThat(entry).usingRecursiveComparison().isEqualTo(expected);
        }
        assertThat(tail.next()).isGreaterThanOrEqualTo(tail.start());
    }

    @Test
    @DisplayName("A flipped bit anywhere in a record or a header is noticed")
    void flippedBits() throws Exception {
        Random random = new Random(5);
        try (Tail tail = Tail.create(file(), RECORDS, 7, 1, BOOT)) {
            for (int i = 0; i < 200; i++) {
                tail.write(tail.claim(1), Operation.USE, i, i, i);
            }
        }
        try (RandomAccessFile raw = new RandomAccessFile(file().toFile(), "rw")) {
            for (int i = 0; i < 500; i++) {
                int at = 4_096 + random.nextInt(200 * 40) + 40;
                flip(raw, at, 1 << random.nextInt(8));
                assertDamaged();
                flip(raw, at, 0);
            }
            for (int at = 0; at < 40; at++) {
                flip(raw, at, 1);
                assertDamaged();
                flip(raw, at, 0);
            }
        }
        try (Tail tail = Tail.open(file(), BOOT)) {
            assertThat(tail.read().entries()).hasSize(200);
        }
    }

    private int before;

    private void flip(RandomAccessFile raw, int at, int bit) throws IOException {
        if (bit != 0) {
            raw.seek(at);
            before = raw.read();
        }
        raw.seek(at);
        raw.write(before ^ bit);
    }

    private void assertDamaged() {
        assertThatThrownBy(() -> {
                    try (Tail tail = Tail.open(file(), BOOT)) {
                        tail.read();
                    }
                })
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining(file().toString());
    }

    @Test
    @DisplayName("After a loss of power, what was torn is passed over and the rest is there; a clean close is no loss")
    void tornByPowerLoss() throws Exception {
        try (Tail tail = Tail.create(file(), RECORDS, 7, 1, BOOT)) {
            for (int i = 1; i <= 100; i++) {
                tail.write(tail.claim(1), Operation.USE, i, i, i);
            }
        }
        try (RandomAccessFile raw = new RandomAccessFile(file().toFile(), "rw")) {
            byte[] torn = new byte[60];
            Arrays.fill(torn, (byte) 9);
            raw.seek(4_096 + 40 * 50 + 12);
            raw.write(torn);
        }
        try (Tail tail = Tail.open(file(), BOOT + (1L << 20))) {
            Tail.Found found = tail.read();
            assertThat(found.powerLost()).isTrue();
            assertThat(found.entries())
                    .extracting(Tail.Found.Entry::position)
                    .contains(49L, 52L, 100L)
                    .doesNotContain(50L, 51L);
            tail.release(tail.next());
            tail.closeClean();
        }
    }

    @Test
    @DisplayName("Threads that write at once get places of their own")
    void concurrent() throws Exception {
        try (Tail tail = Tail.create(file(), 1 << 16, 7, 1, BOOT)) {
            Thread[] threads = new Thread[4];
            for (int t = 0; t < threads.length; t++) {
                long id = t;
                threads[t] = new Thread(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        tail.write(tail.claim(1), Operation.USE, id, i, 0);
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        try (Tail tail = Tail.open(file(), BOOT)) {
            long[] next = new long[4];
            for (Tail.Found.Entry entry : tail.read().entries()) {
                assertThat(entry.a()).isEqualTo(next[(int) entry.id()]++);
            }
            assertThat(next).containsOnly(10_000);
        }
    }
}
