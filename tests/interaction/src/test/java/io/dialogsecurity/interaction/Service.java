package io.dialogsecurity.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.cache.CaffeineCaches;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.ForkReport;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.interaction.Packet.Line;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.DerivedCaches;
import io.dialogsecurity.wire.DialogError;
import io.dialogsecurity.wire.EnvelopeFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A service: the instance of it that is alive, the application on top, and beside them what both ought to do. Every
 * message it opens is compared with that.
 */
final class Service {

    private static final DialogError ERROR = new DialogError(7, "enough");

    /** A dialog as this side of it ought to see it. */
    private static final class Side {
        private final ServiceName initiator;
        private final ServiceName partner;
        private final DialogId dialogId;
        private DialogSealer sealer;
        /** What a reply rests on, if a message was opened in this life. */
        private Opened request;
        /** Whether this service began, or has opened something, since its memory began. */
        private boolean remembered;
        /** Whether the sealer at hand has said its last word. */
        private boolean ended;
        /** Whether any instance has, as far as is remembered. */
        private boolean endedOnce;

        private boolean broken;
        private long lastSequence;

        Side(ServiceName initiator, ServiceName partner, DialogId dialogId) {
            this.initiator = initiator;
            this.partner = partner;
            this.dialogId = dialogId;
        }
    }

    private record DialogName(ServiceName initiator, DialogId dialogId) {}

    /** A message the application has and has not acknowledged. */
    private record InHand(Packet packet, Opened opened) {}

    private record Copy(Line line, long sequence, long micPrefix) {}

    final ServiceName name;
    private final World world;
    private final Random random;
    private final boolean flagsForks;
    private final boolean caches;
    private Memory memory;
    private DialogEndpoint endpoint;
    private final Map<DialogName, Side> sides = new HashMap<>();
    private final List<InHand> inHand = new ArrayList<>();
    private final Map<Line, ModelWindow> windows = new HashMap<>();
    private final Map<Copy, Packet> firsts = new HashMap<>();
    private final Set<Copy> forksAcknowledged = new HashSet<>();
    private final Set<Copy> acknowledged = new HashSet<>();
    private final List<ForkReport> reports = new ArrayList<>();

    Service(ServiceName name, World world, Memory memory) {
        this.name = name;
        this.world = world;
        this.random = world.random;
        this.memory = memory;
        this.flagsForks = random.nextBoolean();
        this.caches = random.nextInt(8) != 0;
        this.endpoint = start();
    }

    private DialogEndpoint start() {
        return world.pki
                .endpoint(name, world::now)
                .caches(caches ? CaffeineCaches.builder().ticker(() -> 0).build() : DerivedCaches.none())
                .windows(memory.windows())
                .dialogs(memory.dialogs())
                .recentEnvelopes(256 * 1024)
                .onFork(reports::add)
                .build();
    }

    // --- Sending

    void begin(ServiceName target) {
        DialogSealer sealer = endpoint.begin(Set.of(target));
        Side side = new Side(name, target, sealer.dialogId());
        side.sealer = sealer;
        sides.put(new DialogName(name, sealer.dialogId()), side);
        seal(side);
    }

    /** Says something in one of the dialogs; sometimes the last word. */
    void speak() {
        if (!sides.isEmpty()) {
            seal(anyOf(List.copyOf(sides.values())));
        }
    }

    private void seal(Side side) {
        if (side.sealer == null && !takeOver(side)) {
            return;
        }
        if (side.ended || side.broken) {
            refusesToSeal(side);
            return;
        }
        Packet packet = sealed(side.sealer, side);
        if (side.initiator.equals(name)) {
            assertThat(packet.sequence())
                    .as("a number after all that were used")
                    .isGreaterThan(side.lastSequence);
            side.lastSequence = packet.sequence();
        }
        side.remembered = true;
        side.ended = packet.last();
        side.endedOnce |= packet.last();
        side.broken |= packet.error();
    }

    private static void refusesToSeal(Side side) {
        assertThatThrownBy(() -> side.sealer.seal(MessageContent.text("too late"), Packet.ADDRESS))
                .isInstanceOfSatisfying(
                        SealingRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Rejection.DIALOG_ENDED));
    }

    private Packet sealed(DialogSealer sealer, Side side) {
        String text = name + " says " + world.nextNumber();
        boolean last = random.nextInt(12) == 0;
        boolean error = last && random.nextInt(3) == 0;
        MessageContent content = error ? MessageContent.error(ERROR) : MessageContent.text(text);
        Packet packet = Packet.of(
                sealer.seal(last ? content.endingDialog() : content, Packet.ADDRESS),
                side.initiator,
                side.partner,
                error ? null : text,
                last,
                error);
        world.sent(packet);
        return packet;
    }

    /** Another instance goes on in the dialog, by what is remembered, or as a target by a message at hand. */
    private boolean takeOver(Side side) {
        boolean target = !side.initiator.equals(name);
        try {
            side.sealer = target && side.request != null && (!side.remembered || random.nextBoolean())
                    ? endpoint.reply(side.request)
                    : endpoint.resume(side.dialogId, side.initiator);
        } catch (SealingRefusedException e) {
            Rejection expected = side.remembered ? Rejection.DIALOG_ENDED : Rejection.DIALOG_UNKNOWN;
            assertThat(e.reason()).isEqualTo(expected);
            assertThat(side.endedOnce || side.broken || !side.remembered)
                    .as("whether the dialog %s may be refused to %s", side.dialogId, name)
                    .isTrue();
            return false;
        }
        assertThat(side.broken).as("a dialog that was broken off goes on").isFalse();
        if (side.ended) { // a new instance of a target has a side of its own
            assertThat(target).isTrue();
            side.ended = false;
        }
        return true;
    }

    /** Two live instances send in one dialog: the other one knows all up to now, and nothing that follows. */
    void fork() {
        List<Side> begun = sides.values().stream()
                .filter(side -> side.initiator.equals(name) && side.remembered && !side.ended && !side.broken)
                .toList();
        if (begun.isEmpty()) {
            return;
        }
        Side side = anyOf(begun);
        try (Memory copy = Memory.kept()) {
            memory.dialogs().find(name.value(), side.dialogId).ifPresent(copy.dialogs()::remember);
            copy.dialogs().sending(name.value(), side.dialogId, 0).use(side.lastSequence);
            DialogEndpoint twin =
                    world.pki.endpoint(name, world::now).dialogs(copy.dialogs()).build();
            try (DialogSealer sealer = twin.resume(side.dialogId, name)) {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    if (sealed(sealer, side).last()) {
                        return;
                    }
                }
            }
        }
    }

    // --- Receiving

    /** What the network delivers, which may not be what was sent. */
    void receive(byte[] bytes, Packet packet) {
        OpenOutcome outcome = open(bytes);
        assertThat(outcome).as("what nobody sealed").isInstanceOf(Rejected.class);
        assertThat(((Rejected) outcome).reason()).isNotEqualTo(Rejection.INTERNAL_ERROR);
        assertThat(packet.bytes()).isNotEqualTo(bytes);
    }

    private OpenOutcome open(byte[] bytes) {
        Reception reception = Reception.at(Packet.ADDRESS);
        return endpoint.open(bytes, flagsForks ? reception.flaggingForks() : reception);
    }

    void receive(Packet packet) {
        ModelWindow window = windows.computeIfAbsent(packet.line(), line -> new ModelWindow());
        Arrival expected = window.expected(packet);
        Copy copy = new Copy(packet.line(), packet.sequence(), packet.micPrefix());
        int reportsBefore = reports.size();
        OpenOutcome outcome = open(packet.bytes());
        switch (expected) {
            case AFTER_END -> refused(outcome, Rejection.DIALOG_ENDED);
            case CONFLICT -> forked(packet, copy, outcome, reportsBefore);
            default -> {
                assertThat(reports).hasSize(reportsBefore);
                accepted(packet, copy, expected, (Opened) require(outcome));
                if (expected != Arrival.DUPLICATE) {
                    window.accepted(packet);
                    firsts.putIfAbsent(new Copy(packet.line(), packet.sequence(), 0), packet);
                    learn(packet, (Opened) outcome);
                }
            }
        }
    }

    private static OpenOutcome require(OpenOutcome outcome) {
        assertThat(outcome).as("a good message").isInstanceOf(Opened.class);
        return outcome;
    }

    private static void refused(OpenOutcome outcome, Rejection reason) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Rejected.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo(reason));
    }

    private void forked(Packet packet, Copy copy, OpenOutcome outcome, int reportsBefore) {
        if (flagsForks && forksAcknowledged.contains(copy)) {
            assertThat(((Opened) require(outcome)).arrival()).isEqualTo(Arrival.DUPLICATE);
            return;
        }
        assertThat(reports).hasSize(reportsBefore + 1);
        ForkReport report = reports.get(reportsBefore);
        assertThat(report.second().envelope()).isEqualTo(Bytes.copyOf(packet.bytes()));
        Packet first = firsts.get(new Copy(packet.line(), packet.sequence(), 0));
        report.first().ifPresent(evidence -> {
            assertThat(evidence.envelope()).isEqualTo(Bytes.copyOf(first.bytes()));
            assertThat(report.cause()).isEqualTo(ForkReport.Cause.TWO_INSTANCES);
        });
        if (flagsForks) {
            accepted(packet, copy, Arrival.FORKED, (Opened) require(outcome));
        } else {
            refused(outcome, Rejection.SEQUENCE_CONFLICT);
        }
    }

    private void accepted(Packet packet, Copy copy, Arrival expected, Opened opened) {
        assertThat(opened.arrival()).isEqualTo(expected);
        assertThat(opened.initiator()).isEqualTo(packet.initiator());
        assertThat(opened.dialogId()).isEqualTo(packet.dialogId());
        assertThat(opened.sequence()).isEqualTo(packet.sequence());
        assertThat(opened.endsDialog()).isEqualTo(packet.last());
        try {
            if (packet.error()) {
                assertThat(opened.error()).contains(ERROR);
            } else {
                assertThat(opened.text()).isEqualTo(packet.text());
            }
        } catch (EnvelopeFormatException e) {
            throw new IllegalStateException("What was sealed is what its kind promises", e);
        }
        if (expected == Arrival.DUPLICATE) {
            return;
        }
        assertThat(acknowledged).as("delivered after it was acknowledged").doesNotContain(copy);
        boolean known = inHand.stream().anyMatch(each -> each.opened().isCopyOf(opened));
        assertThat(known)
                .isEqualTo(inHand.stream()
                        .anyMatch(each -> each.packet().line().equals(packet.line())
                                && each.packet().micPrefix() == packet.micPrefix()));
        if (!known) {
            inHand.add(new InHand(packet, opened));
        }
    }

    private void learn(Packet packet, Opened opened) {
        ServiceName partner = opened.sender();
        Side side = sides.computeIfAbsent(
                new DialogName(packet.initiator(), packet.dialogId()),
                dialog -> new Side(packet.initiator(), partner, packet.dialogId()));
        if (!packet.initiator().equals(name)) {
            side.request = opened.withoutContent();
            if (opened.arrival() == Arrival.NEXT || opened.arrival() == Arrival.AFTER_GAP) {
                side.remembered = true;
            }
        }
        if (packet.error()) {
            side.broken = true;
            side.remembered = true;
        }
    }

    void acknowledge() {
        if (inHand.isEmpty()) {
            return;
        }
        InHand taken = inHand.remove(random.nextInt(inHand.size()));
        taken.opened().acknowledge();
        Packet packet = taken.packet();
        Copy copy = new Copy(packet.line(), packet.sequence(), packet.micPrefix());
        if (taken.opened().arrival() == Arrival.FORKED) {
            forksAcknowledged.add(copy);
        } else {
            windows.get(packet.line()).acknowledged(packet);
        }
        acknowledged.add(copy);
    }

    // --- Dying

    /** The instance dies, with all that is in its memory; the broker has what was not acknowledged. Another one starts. */
    void die() {
        inHand.forEach(each -> world.returned(each.packet()));
        inHand.clear();
        endpoint.close();
        memory = memory.afterDeath();
        acknowledged.removeAll(forksAcknowledged); // what was let pass in spite of its number is remembered by nobody
        forksAcknowledged.clear();
        boolean keeps = memory.keeps();
        if (!keeps) {
            windows.clear();
            acknowledged.clear();
            firsts.clear();
        }
        sides.values().forEach(side -> {
            side.sealer = null;
            side.request = null;
            if (!keeps) {
                side.remembered = false;
                side.broken = false;
                side.endedOnce = false;
            }
        });
        endpoint = start();
    }

    void close() {
        endpoint.close();
        memory.close();
    }

    private <T> T anyOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
