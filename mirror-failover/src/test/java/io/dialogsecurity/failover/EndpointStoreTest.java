package io.dialogsecurity.failover;

import static io.dialogsecurity.failover.TestStores.CLOCK;
import static io.dialogsecurity.failover.TestStores.claimKey;
import static io.dialogsecurity.failover.TestStores.dialog;
import static io.dialogsecurity.failover.TestStores.open;
import static io.dialogsecurity.failover.TestStores.windowKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStatus;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.SendSequence;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointStoreTest {

    @TempDir
    Path directory;

    @Test
    @DisplayName("It knows everything once all was learned, and no longer after a loss of power")
    void complete() throws Exception {
        try (EndpointStore store = open(directory)) {
            assertThat(store.isComplete()).isFalse();
        }
        try (EndpointStore store = open(directory)) {
            assertThat(store.isComplete()).isFalse();
            store.learned();
            assertThat(store.isComplete()).isTrue();
        }
        open(directory).close();
        writtenSinceAnotherStartOfTheSystem();
        try (EndpointStore store = open(directory)) {
            assertThat(store.isComplete()).isFalse();
            assertThat(store.needsRebuild()).isFalse();
        }
        try (EndpointStore store = open(directory)) {
            assertThat(store.isComplete()).isFalse();
            store.learned();
        }
        try (EndpointStore store = open(directory)) {
            assertThat(store.isComplete()).isTrue();
        }
    }

    private void writtenSinceAnotherStartOfTheSystem() throws Exception {
        try (Tail tail = Tail.open(directory.resolve("tail"), ~SystemBoot.id())) {
            tail.begin();
        }
    }

    @Test
    @DisplayName(
            "What was seen, taken, ended, claimed, withdrawn, sent and remembered is the same after closing and opening")
    void everythingOutlivesTheProcess() {
        try (EndpointStore store = open(directory)) {
            assertThat(store.openedEmpty()).isTrue();
            ReceiveWindow window = store.windows().window(windowKey(1));
            window.arrive(1, 10, false);
            window.arrive(2, 20, false);
            window.acknowledge(1);
            window.arrive(9, 90, false);
            window.end(9);
            ClaimWindow claims = store.claims().window(claimKey(1));
            claims.take(1, 10, false);
            claims.take(2, 20, false);
            claims.withdraw(2, 20);
            claims.stored(1, 10);
            claims.take(3, 30, false);
            store.dialogs().remember(dialog(1, DialogStatus.OPEN));
            store.dialogs().sending("orders", new DialogId(7, 1), 0).use(1);
            store.dialogs().sending("orders", new DialogId(7, 1), 0).use(2);
        }
        try (EndpointStore store = open(directory)) {
            assertThat(store.openedEmpty()).isFalse();
            assertThat(store.needsRebuild()).isFalse();
            ReceiveWindow window = store.windows().window(windowKey(1));
            assertThat(window.newest()).isEqualTo(9);
            assertThat(window.arrive(1, 10, false)).isEqualTo(Arrival.DUPLICATE);
            assertThat(window.arrive(1, 11, false)).isEqualTo(Arrival.CONFLICT);
            assertThat(window.arrive(2, 20, false)).isEqualTo(Arrival.REDELIVERED);
            assertThat(window.arrive(5, 50, false)).isEqualTo(Arrival.LATE);
            assertThat(window.arrive(10, 100, false)).isEqualTo(Arrival.AFTER_END);
            ClaimWindow claims = store.claims().window(claimKey(1));
            assertThat(claims.take(1, 10, false)).isEqualTo(Claim.REPLAYED);
            assertThat(claims.take(3, 30, false)).isEqualTo(Claim.PENDING);
            assertThat(claims.take(1, 11, false)).isEqualTo(Claim.CONFLICT);
            assertThat(claims.take(2, 21, true)).isEqualTo(Claim.TAKEN);
            assertThat(store.dialogs()
                            .find("orders", new DialogId(7, 1))
                            .orElseThrow()
                            .pairLayers())
                    .isEqualTo(TestStores.LAYERS);
            SendSequence sending = store.dialogs().sending("orders", new DialogId(7, 1), 0);
            assertThat(sending.last()).isEqualTo(2);
            sending.use(3);
            assertThat(store.health().good()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "A number that was given back stays so after closing and opening, however old it is, until a copy has it")
    void releasedHoweverOld() {
        try (EndpointStore store = open(directory)) {
            ClaimWindow claims = store.claims().window(claimKey(1));
            for (long number = 1; number <= 20_000; number++) {
                claims.take(number, number, true);
                claims.stored(number, number);
            }
        }
        long[] old = {1, 5_000, 18_000, 19_999};
        for (int redrive = 0; redrive < 2; redrive++) {
            try (EndpointStore store = open(directory)) {
                ClaimWindow claims = store.claims().window(claimKey(1));
                for (long number : old) {
                    claims.release(number, number);
                }
            }
            try (EndpointStore store = open(directory)) {
                ClaimWindow claims = store.claims().window(claimKey(1));
                for (long number : old) {
                    assertThat(claims.take(number, number, true)).isEqualTo(Claim.TAKEN);
                    claims.stored(number, number);
                }
                assertThat(claims.take(5_001, 5_001, false)).isEqualTo(Claim.TOO_OLD);
            }
            try (EndpointStore store = open(directory)) {
                ClaimWindow claims = store.claims().window(claimKey(1));
                for (long number : old) {
                    assertThat(claims.take(number, number, true)).isEqualTo(Claim.REPLAYED);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("A window agrees with one that never left memory, wherever it is closed and opened between")
    void agreesWithMemory(long seed) {
        Random random = new Random(seed);
        ReceiveWindow model = io.dialogsecurity.state.ReceiveWindows.inMemory(1).window(windowKey(1));
        Map<Long, Long> sent = new HashMap<>();
        for (int round = 0; round < 8; round++) {
            try (EndpointStore store = open(directory)) {
                ReceiveWindow window = store.windows().window(windowKey(1));
                for (int step = 0; step < 2_000; step++) {
                    long newest = model.newest();
                    long sequence = Math.max(
                            1,
                            switch (random.nextInt(10)) {
                                case 0 -> newest + 1 + random.nextInt(40);
                                case 1 -> newest - random.nextInt(1_200);
                                case 2 -> random.nextInt(200) == 0 ? newest + random.nextInt(9_000) : newest;
                                case 3 -> newest - random.nextInt(20);
                                case 4 -> newest - random.nextInt(1 + (int) newest);
                                default -> newest + 1;
                            });
                    long mic = random.nextInt(8) == 0
                            ? random.nextLong()
                            : sent.computeIfAbsent(sequence, any -> random.nextLong());
                    boolean refuseGaps = random.nextInt(20) == 0;
                    assertThat(window.arrive(sequence, mic, refuseGaps))
                            .as("seed %d, round %d, step %d, sequence %d", seed, round, step, sequence)
                            .isEqualTo(model.arrive(sequence, mic, refuseGaps));
                    if (random.nextBoolean()) {
                        window.acknowledge(sequence);
                        model.acknowledge(sequence);
                    }
                }
            }
        }
    }

    @Test
    @DisplayName("What a broker held back is known for ever, and what was acknowledged, through stops and starts")
    void heldBack() {
        for (int round = 0; round < 10; round++) {
            try (EndpointStore store = open(directory)) {
                ReceiveWindow window = store.windows().window(windowKey(1));
                ClaimWindow claims = store.claims().window(claimKey(1));
                for (long sequence = round * 5_000L + 1; sequence <= (round + 1) * 5_000L; sequence++) {
                    if (sequence % 1_000 != 0) {
                        assertThat(window.arrive(sequence, sequence, false)).isIn(Arrival.NEXT, Arrival.AFTER_GAP);
                        claims.take(sequence, sequence, false);
                    }
                    if (sequence % 1_000 > 1) {
                        window.acknowledge(sequence);
                        claims.stored(sequence, sequence);
                    }
                }
            }
        }
        for (int again = 0; again < 2; again++) {
            try (EndpointStore store = open(directory)) {
                ReceiveWindow window = store.windows().window(windowKey(1));
                ClaimWindow claims = store.claims().window(claimKey(1));
                for (long sequence = 1; sequence <= 48_000; sequence++) {
                    boolean never = sequence % 1_000 == 0;
                    boolean open = sequence % 1_000 == 1;
                    assertThat(window.arrive(sequence, sequence, false))
                            .as("number %d", sequence)
                            .isEqualTo(
                                    !never && !open
                                            ? Arrival.BEFORE_WINDOW
                                            : never && again == 0 ? Arrival.LATE : Arrival.REDELIVERED);
                    assertThat(claims.take(sequence, sequence, false))
                            .as("claim %d", sequence)
                            .isEqualTo(
                                    !never && !open
                                            ? Claim.TOO_OLD
                                            : never && again == 0 ? Claim.TAKEN : Claim.PENDING);
                }
                assertThat(store.health().good()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("Of many dialogs few are in memory; who kept the window of an idle one need not know")
    void bounded() {
        StoreSettings settings = StoreSettings.in(directory)
                .maxWindowsInMemory(16)
                .commitInterval(Duration.ofMillis(1))
                .build();
        try (EndpointStore store = EndpointStore.open(settings, CLOCK)) {
            ReceiveWindow kept = store.windows().window(windowKey(0));
            kept.arrive(1, 10, false);
            for (int dialog = 1; dialog < 3_000; dialog++) {
                store.windows().window(windowKey(dialog)).arrive(1, dialog, false);
                if (dialog % 500 == 0) {
                    Await.until(
                            () -> store.health().dirty() == 0 && store.health().tailFill() == 0);
                }
            }
            Await.until(() -> store.health().tailFill() == 0);
            for (int dialog = 3_000; dialog < 3_100; dialog++) {
                store.windows().window(windowKey(dialog));
            }
            assertThat(store.health().windowsInMemory()).isLessThan(100);
            assertThat(store.windows().window(windowKey(0))).isNotSameAs(kept);
            assertThat(kept.arrive(1, 10, false)).isEqualTo(Arrival.REDELIVERED);
            kept.acknowledge(1);
            assertThat(store.windows().window(windowKey(0)).arrive(1, 10, false))
                    .isEqualTo(Arrival.DUPLICATE);
            for (int dialog = 1; dialog < 3_000; dialog += 100) {
                assertThat(store.windows().window(windowKey(dialog)).arrive(1, dialog, false))
                        .isEqualTo(Arrival.REDELIVERED);
            }
        }
    }

    @Test
    @DisplayName("A closed dialog becomes a tombstone, which nothing brings back to life, and which vanishes in time")
    void tombstones() {
        Instant[] now = {Instant.parse("2026-01-01T00:00:00Z")};
        StoreSettings settings = StoreSettings.in(directory)
                .commitInterval(Duration.ofMillis(1))
                .tombstoneLife(Duration.ofDays(1))
                .build();
        DialogId id = new DialogId(7, 1);
        DialogState open =
                new DialogState("orders", id, 0, 1, TestStores.LAYERS, DialogStatus.OPEN, now[0].toEpochMilli());
        DialogState ended = new DialogState("orders", id, 0, 1, Bytes.EMPTY, DialogStatus.ENDED, now[0].toEpochMilli());
        try (EndpointStore store = EndpointStore.open(settings, () -> now[0])) {
            store.dialogs().remember(open);
            Await.until(() -> store.dialogs().open() == 1);
            store.dialogs().remember(ended);
            Await.until(() -> store.dialogs().tombstones() == 1);
            assertThat(store.dialogs().open()).isZero();
        }
        try (EndpointStore store = EndpointStore.open(settings, () -> now[0])) {
            store.dialogs().remember(open);
            assertThat(store.dialogs().find("orders", id).orElseThrow().status())
                    .isEqualTo(DialogStatus.ENDED);
        }
        now[0] = now[0].plus(Duration.ofDays(2));
        try (EndpointStore store = EndpointStore.open(settings, () -> now[0])) {
            Await.until(() -> store.dialogs().tombstones() == 0);
            assertThat(store.dialogs().find("orders", id)).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "A service that claims without end crowds out its own oldest dialogs, never another's; rows are counted")
    void claimsAreBounded() {
        StoreSettings settings = StoreSettings.in(directory)
                .maxClaimsPerService(20)
                .maxWindowsInMemory(16)
                .commitInterval(Duration.ofMillis(1))
                .build();
        Instant[] now = {Instant.parse("2026-01-01T00:00:00Z")};
        try (EndpointStore store = EndpointStore.open(settings, () -> now[0])) {
            for (int dialog = 0; dialog < 100; dialog++) {
                store.claims().window(claimKey(dialog)).take(1, dialog, false);
                if (dialog % 10 == 0) {
                    store.claims()
                            .window(TestStores.claimKey("billing", dialog))
                            .take(1, dialog, false);
                    store.windows().window(windowKey(dialog)).arrive(1, dialog, false);
                }
                now[0] = now[0].plusSeconds(1);
                Await.until(() -> store.health().dirty() == 0);
            }
            store.dialogs().remember(dialog(1, DialogStatus.OPEN));
            store.dialogs().remember(dialog(2, DialogStatus.OPEN));
            store.dialogs().remember(dialog(2, DialogStatus.ENDED));
            store.dialogs().sending("orders", new DialogId(7, 1), 0).use(1);
        }
        try (EndpointStore store = EndpointStore.open(settings, () -> now[0])) {
            Await.until(() -> store.health().rows().equals(new StoredRows(10, 20 + 10, 1, 1, 1)));
            assertThat(store.claims().window(claimKey(99)).take(1, 99, false)).isEqualTo(Claim.PENDING);
            assertThat(store.claims().window(claimKey(80)).take(1, 80, false)).isEqualTo(Claim.PENDING);
            assertThat(store.claims().window(claimKey(79)).take(1, 79, false)).isEqualTo(Claim.TAKEN);
            assertThat(store.claims().window(TestStores.claimKey("billing", 0)).take(1, 0, false))
                    .isEqualTo(Claim.PENDING);
            assertThat(store.windows().window(windowKey(0)).arrive(1, 0, false)).isEqualTo(Arrival.REDELIVERED);
        }
    }

    @Test
    @DisplayName("A clock that jumps ahead while the store is open deletes nothing")
    void clockJumps() {
        StoreSettings settings = StoreSettings.in(directory)
                .maxClaimsPerService(1)
                .commitInterval(Duration.ofMillis(1))
                .build();
        Instant opened = Instant.parse("2026-01-01T00:00:00Z");
        Instant[] now = {opened};
        try (EndpointStore store = EndpointStore.open(settings, () -> now[0])) {
            store.windows().window(windowKey(1)).arrive(1, 1, false);
            Await.until(() -> store.health().rows().windows() == 1);
            now[0] = opened.plus(Duration.ofDays(30));
            // That a surplus is gone shows that rows were deleted, by that time.
            for (int dialog = 0; dialog < 3; dialog++) {
                store.claims().window(claimKey(dialog)).take(1, dialog, false);
            }
            Await.until(() -> store.health().rows().claims() == 3);
            Await.until(() -> store.health().rows().claims() == 1);
            assertThat(store.health().rows().windows()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("A window at hand is current until another takes its place")
    void current() {
        StoreSettings settings = StoreSettings.in(directory)
                .maxWindowsInMemory(16)
                .commitInterval(Duration.ofMillis(1))
                .build();
        try (EndpointStore store = EndpointStore.open(settings, CLOCK)) {
            ReceiveWindow idle = store.windows().window(windowKey(0));
            ReceiveWindow used = store.windows().window(windowKey(1));
            for (int dialog = 2; dialog < 1_000; dialog++) {
                assertThat(used.isCurrent()).isTrue();
                store.windows().window(windowKey(dialog));
            }
            assertThat(idle.isCurrent()).isFalse();
            assertThat(store.windows().window(windowKey(1))).isSameAs(used);
        }
    }

    @Test
    @DisplayName("A full tail makes the caller wait for the database; nothing is lost")
    void backPressure() {
        StoreSettings settings = StoreSettings.in(directory)
                .tailRecords(256)
                .commitInterval(Duration.ofSeconds(1))
                .build();
        try (EndpointStore store = EndpointStore.open(settings, CLOCK)) {
            ReceiveWindow window = store.windows().window(windowKey(1));
            for (int sequence = 1; sequence <= 2_000; sequence++) {
                assertThat(window.arrive(sequence, sequence, true)).isEqualTo(Arrival.NEXT);
            }
        }
        try (EndpointStore store = EndpointStore.open(settings, CLOCK)) {
            ReceiveWindow window = store.windows().window(windowKey(1));
            for (int sequence = 2_000; sequence > 0; sequence--) {
                assertThat(window.arrive(sequence, sequence, true)).isEqualTo(Arrival.REDELIVERED);
            }
        }
    }

    @Test
    @DisplayName("An encrypted store shows nothing of whose dialogs are in it, and opens with its password alone")
    void encrypted() throws Exception {
        StoreSettings.Builder settings = StoreSettings.in(directory);
        try (EndpointStore store = EndpointStore.open(
                settings.encryptionPassword("one".toCharArray()).build(), CLOCK)) {
            store.dialogs().remember(dialog(1, DialogStatus.OPEN));
        }
        assertThat(new String(Files.readAllBytes(directory.resolve("state.mv.db")), "ISO-8859-1"))
                .doesNotContain("orders")
                .doesNotContain("ds_dialog");
        assertThatThrownBy(() -> EndpointStore.open(
                        settings.encryptionPassword("two".toCharArray()).build(), CLOCK))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("state.mv.db")
                .hasMessageContaining("encryption password")
                .hasMessageNotContaining("two")
                .hasMessageNotContaining("\n");
        try (EndpointStore store = EndpointStore.open(
                settings.encryptionPassword("one".toCharArray()).build(), CLOCK)) {
            assertThat(store.dialogs().find("orders", new DialogId(7, 1))).isPresent();
        }
    }

    @Test
    @DisplayName("A closed store remembers nothing more, and says so")
    void closed() {
        EndpointStore store = open(directory);
        ReceiveWindow window = store.windows().window(windowKey(1));
        store.close();
        assertThatThrownBy(() -> window.arrive(1, 1, false))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
        store.close();
    }

    @Test
    @DisplayName(
            "After a loss of power sequences leave a gap as large as what may have been forgotten; after a kill, none")
    void powerLoss() throws Exception {
        Path killed = directory.resolve("killed");
        Path unpowered = directory.resolve("unpowered");
        try (EndpointStore store = open(directory.resolve("running"))) {
            SendSequence sending = store.dialogs().sending("orders", new DialogId(7, 1), 0);
            for (int number = 1; number <= 5; number++) {
                sending.use(number);
            }
            Await.until(() -> store.health().tailFill() == 0);
            for (Path copy : new Path[] {killed, unpowered}) {
                Files.createDirectories(copy);
                for (String file : new String[] {"state.mv.db", "tail"}) {
                    Files.copy(directory.resolve("running").resolve(file), copy.resolve(file));
                }
            }
        }
        try (RandomAccessFile tail =
                new RandomAccessFile(unpowered.resolve("tail").toFile(), "rw")) {
            tail.seek(24);
            long name = tail.readLong();
            tail.seek(256);
            tail.writeLong(77L << 16 | (Checksum.mix(name, 77) & 0xffff)); // another run of the system
        }
        try (EndpointStore store = open(killed)) {
            assertThat(store.dialogs().sending("orders", new DialogId(7, 1), 0).last())
                    .isEqualTo(5);
        }
        for (int start = 0; start < 2; start++) {
            try (EndpointStore store = open(unpowered)) {
                assertThat(store.dialogs()
                                .sending("orders", new DialogId(7, 1), 0)
                                .last())
                        .isEqualTo(5 + (1 << 19));
            }
        }
    }
}
