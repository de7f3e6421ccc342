package io.dialogsecurity.interaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.cache.CaffeineCaches;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.SequenceMemory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One long dialog through a broker that delays, prefers others, takes back what was rolled back, hands out copies of what was
 * acknowledged, and leaves messages with slow consumers, tens of thousands of numbers long. A failure names its seed: {@code
 * -Ddialogsecurity.fuzz.seed=…} runs that one again.
 */
class HeldBackFuzzTest {

    private static final Long SEED = Long.getLong("dialogsecurity.fuzz.seed");
    private static final int MESSAGES = Integer.getInteger("dialogsecurity.fuzz.held-back", 40_000);
    private static final Pki PKI = new Pki();

    private enum Where {
        IN_A_PROCESS_THAT_LIVES_ON(Memory::kept),
        IN_A_DATABASE_THAT_IS_CLOSED(StoredMemory::closed),
        IN_A_DATABASE_THAT_IS_KILLED(StoredMemory::killed);

        private final Supplier<Memory> memory;

        Where(Supplier<Memory> memory) {
            this.memory = memory;
        }
    }

    /** A message in the queue. */
    private record Queued(int number, long due) {}

    /** A message a consumer has, and when it acknowledges it. */
    private record InHand(int number, Opened opened, long until) {}

    @ParameterizedTest
    @EnumSource(Where.class)
    @DisplayName("Whatever was never acknowledged is delivered, whatever was acknowledged never again")
    void agreesWithModel(Where where) {
        long seed = SEED != null ? SEED : new Random().nextLong();
        System.out.println(getClass().getSimpleName() + ": " + where + ", seed " + seed);
        try {
            new Line(seed, where.memory.get()).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("With memory " + where + ", seed " + seed + ": " + e.getMessage(), e);
        }
    }

    /** The queue, its consumers, and beside them what ought to be remembered. */
    private static final class Line {

        private final Random random;
        private final List<byte[]> envelopes = new ArrayList<>();
        private final PriorityQueue<Queued> queue =
                new PriorityQueue<>((one, other) -> Long.compare(one.due(), other.due()));
        private final PriorityQueue<InHand> inHand =
                new PriorityQueue<>((one, other) -> Long.compare(one.until(), other.until()));
        private final Set<Integer> seen = new HashSet<>();
        private final Set<Integer> acknowledged = new HashSet<>();
        private Memory memory;
        private DialogEndpoint receiver;
        private int newest;
        private long now;

        private Line(long seed, Memory memory) {
            this.random = new Random(seed);
            this.memory = memory;
            ServiceName target = Pki.NAMES.get(1);
            try (DialogEndpoint sender =
                            PKI.endpoint(Pki.NAMES.get(0), () -> Pki.NOW).build();
                    DialogSealer sealer = sender.begin(Set.of(target))) {
                for (int number = 1; number <= MESSAGES; number++) {
                    envelopes.add(sealer.seal(MessageContent.text("message " + number), Packet.ADDRESS));
                    queue.add(new Queued(number, number + heldBack()));
                }
            }
            receiver = start();
        }

        private DialogEndpoint start() {
            return PKI.endpoint(Pki.NAMES.get(1), () -> Pki.NOW)
                    .caches(CaffeineCaches.builder().build())
                    .windows(memory.windows())
                    .dialogs(memory.dialogs())
                    .recentEnvelopes(random.nextBoolean() ? 0 : 256 * 1024)
                    .build();
        }

        /** One in ten waits for a while, and one in a hundred of those of low priority for all others. */
        private long heldBack() {
            return switch (random.nextInt(100)) {
                case 0 -> MESSAGES;
                case 1, 2, 3, 4, 5 -> random.nextInt(MESSAGES);
                case 6, 7, 8, 9 -> random.nextInt(200);
                default -> 0;
            };
        }

        private void run() {
            while (!queue.isEmpty()) {
                Queued next = queue.remove();
                now = Math.max(now + 1, next.due());
                while (!inHand.isEmpty() && inHand.peek().until() <= now) {
                    acknowledge(inHand.remove());
                }
                deliver(next.number());
                if (random.nextInt(MESSAGES / 4) == 0) {
                    die();
                }
            }
            while (!inHand.isEmpty()) {
                acknowledge(inHand.remove());
            }
            assertThat(acknowledged).hasSize(MESSAGES);
            receiver.close();
            memory.close();
        }

        private void deliver(int number) {
            OpenOutcome outcome = receiver.open(envelopes.get(number - 1), Reception.at(Packet.ADDRESS));
            if (acknowledged.contains(number)) {
                if (outcome instanceof Rejected rejected && newest - number >= SequenceMemory.NEWEST) {
                    assertThat(rejected.reason()).isEqualTo(Rejection.SEQUENCE_TOO_OLD);
                } else {
                    assertThat(arrival(number, outcome)).isEqualTo(Arrival.DUPLICATE);
                }
                return;
            }
            Arrival expected = Arrival.REDELIVERED;
            if (seen.add(number)) {
                expected = number < newest
                        ? Arrival.LATE
                        : newest == 0 || number == newest + 1 ? Arrival.NEXT : Arrival.AFTER_GAP;
            }
            assertThat(arrival(number, outcome)).as("number %d", number).isEqualTo(expected);
            newest = Math.max(newest, number);
            switch (random.nextInt(40)) {
                case 0 -> queue.add(new Queued(number, now + random.nextInt(MESSAGES))); // rolled back
                case 1 -> inHand.add(new InHand(number, (Opened) outcome, now + random.nextInt(MESSAGES)));
                default -> acknowledge(new InHand(number, (Opened) outcome, now));
            }
        }

        private static Arrival arrival(int number, OpenOutcome outcome) {
            assertThat(outcome).as("number %d", number).isInstanceOf(Opened.class);
            return ((Opened) outcome).arrival();
        }

        private void acknowledge(InHand taken) {
            taken.opened().acknowledge();
            acknowledged.add(taken.number());
            if (random.nextInt(20) == 0) {
                queue.add(new Queued(taken.number(), now + random.nextInt(2_000))); // the broker has not heard of it
            }
        }

        /** What was not acknowledged goes back to the queue. */
        private void die() {
            inHand.forEach(each -> queue.add(new Queued(each.number(), now + random.nextInt(500))));
            inHand.clear();
            receiver.close();
            memory = memory.afterDeath();
            receiver = start();
        }
    }
}
