package io.dialogsecurity.differential;

import io.dialogsecurity.differential.MessageSpec.BodyKind;
import io.dialogsecurity.differential.MessageSpec.Setting;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes a program by chance. The same seed and features give the same program. */
final class Writer {

    private static final int LEAST_STEPS = 8;
    private static final int MOST_STEPS = 26;
    private static final int CONSUMERS = 3;
    private static final int PRODUCERS = 3;
    private static final int YOUNGER = 1_500;
    /** One in so many programs holds a message back behind thousands. */
    private static final int HELD_BACK_ONE_IN = 25;

    private static final int[] SIZES = {0, 5, 5, 60, 60, 700, 9_000};
    private static final int LARGE = 150_000;
    private static final String[] REGIONS = {"EU", "US"};

    private final Random random;
    private final Set<Feature> features;
    /** Where an administrator or a divert has moved something, or may. */
    private final Set<String> movedTo = new TreeSet<>();

    private final TreeMap<String, QueueKind> queues = new TreeMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final Set<Integer> transacted = new TreeSet<>();
    private final Map<Integer, String> open = new TreeMap<>();
    private final List<String> usual = new ArrayList<>();
    private int messages;

    private Writer(long seed, Set<Feature> features) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 11);
        this.features = EnumSet.noneOf(Feature.class);
        this.features.addAll(features);
        if (!features.contains(Feature.MOVED_AGAIN)) {
            this.features.removeAll(oneIn(2) ? Set.of(Feature.GRAVES) : Set.of(Feature.MOVES, Feature.DIVERTS));
        }
    }

    static Program write(long seed, Set<Feature> features) {
        Writer writer = new Writer(seed, features);
        if (features.contains(Feature.HELD_BACK) && writer.oneIn(HELD_BACK_ONE_IN)) {
            writer.holdBack();
        } else {
            writer.writeUsual();
        }
        return new Program(seed, writer.queues, List.copyOf(writer.transacted), List.copyOf(writer.steps));
    }

    private boolean oneIn(int number) {
        return random.nextInt(number) == 0;
    }

    @SafeVarargs
    private <T> T any(T... things) {
        return things[random.nextInt(things.length)];
    }

    private void writeUsual() {
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            queues.put("q" + i, kind());
        }
        boolean needsTarget = queues.containsValue(QueueKind.COPIED) || queues.containsValue(QueueKind.DIVERTED);
        if (needsTarget || (features.contains(Feature.MOVES) && oneIn(2))) {
            queues.put(Program.TARGET, QueueKind.ANYCAST);
        }
        if (needsTarget) {
            movedTo.add(Program.TARGET);
        }
        usual.addAll(queues.keySet());
        if (oneIn(6)) {
            queues.put(Program.ASKED, QueueKind.ANYCAST);
            queues.put(Program.REPLIES, QueueKind.ANYCAST);
        }
        for (int i = 0; i < PRODUCERS; i++) {
            if (oneIn(3)) {
                transacted.add(i);
            }
        }
        int length = LEAST_STEPS + random.nextInt(MOST_STEPS - LEAST_STEPS);
        while (steps.size() < length) {
            writeStep();
        }
        for (int producer : transacted) {
            if (!oneIn(4)) {
                steps.add(new Step.End(producer, true));
            }
        }
    }

    /** Whether nothing has been moved before when it dies or expires, or that matters not. */
    private boolean movesOnce() {
        return features.contains(Feature.MOVED_AGAIN)
                || !(features.contains(Feature.MOVES) || features.contains(Feature.DIVERTS));
    }

    private QueueKind kind() {
        List<QueueKind> kinds = new ArrayList<>(
                List.of(QueueKind.ANYCAST, QueueKind.ANYCAST, QueueKind.ANYCAST, QueueKind.EXCLUSIVE, QueueKind.TOPIC));
        // Messages die there.
        if (movesOnce()) {
            kinds.addAll(List.of(QueueKind.RETRY, QueueKind.RETRY));
        }
        if (features.contains(Feature.LAST_VALUES)) {
            kinds.add(QueueKind.LASTVALUE);
        }
        if (features.contains(Feature.NON_DESTRUCTIVE)) {
            kinds.add(QueueKind.NONDESTRUCTIVE);
            kinds.add(QueueKind.STATE);
        }
        if (features.contains(Feature.LIMITS)) {
            kinds.addAll(
                    List.of(QueueKind.RING, QueueKind.FILTERED, QueueKind.SINGLE, QueueKind.PURGED, QueueKind.PAGED));
        }
        if (features.contains(Feature.DIVERTS)) {
            kinds.add(QueueKind.COPIED);
            kinds.add(QueueKind.DIVERTED);
        }
        return kinds.get(random.nextInt(kinds.size()));
    }

    private String queue() {
        return usual.get(random.nextInt(usual.size()));
    }

    private void writeStep() {
        int choice = random.nextInt(20);
        if (choice < 6) {
            send();
        } else if (choice < 14) {
            if (open.isEmpty() || oneIn(4)) {
                open();
            } else {
                take();
            }
        } else if (choice < 16) {
            leave();
        } else if (choice < 17) {
            end();
        } else if (choice < 18) {
            look();
        } else {
            administer();
        }
    }

    private void take() {
        int consumer = consumer();
        switch (random.nextInt(7)) {
            case 0, 1, 2 -> steps.add(new Step.Receive(consumer, 1 + random.nextInt(4)));
            case 3, 4 -> steps.add(new Step.Acknowledge(consumer, random.nextInt(3)));
            case 5 -> steps.add(new Step.Exhaust(consumer, 1 + random.nextInt(3)));
            default -> {
                steps.add(new Step.GiveBack(consumer));
                if (!oneIn(3)) {
                    steps.add(new Step.Wait());
                }
            }
        }
    }

    private void send() {
        int producer = random.nextInt(PRODUCERS);
        String queue = queue();
        int count = 1 + random.nextInt(4);
        boolean late = false;
        for (int i = 0; i < count; i++) {
            MessageSpec message = message(queue);
            late |= message.get(Setting.DELAY_MILLIS) != null || message.number(Setting.LIFE_MILLIS, 60_000) < 1_000;
            steps.add(new Step.Send(producer, queue, message));
            if (message.get(Setting.DUPLICATE_ID) != null && oneIn(2)) {
                steps.add(new Step.Send(producer, queue, message));
            }
        }
        if (transacted.contains(producer) && !oneIn(3)) {
            steps.add(new Step.End(producer, !oneIn(4)));
        }
        if (late && !oneIn(4)) {
            steps.add(new Step.Wait());
        }
    }

    private MessageSpec message(String queue) {
        Map<Setting, Object> settings = new EnumMap<>(Setting.class);
        if (oneIn(4)) {
            settings.put(Setting.PRIORITY, random.nextInt(10));
        }
        if (oneIn(6)) {
            settings.put(Setting.VOLATILE, "");
        }
        if (oneIn(8)) {
            settings.put(Setting.DELAY_MILLIS, 50 + random.nextInt(250));
        }
        if (oneIn(10)) {
            settings.put(Setting.LIFE_MILLIS, movesOnce() ? any(60, 60_000) : 60_000);
        }
        if (oneIn(2)) {
            settings.put(Setting.REGION, any(REGIONS));
        }
        if (oneIn(3)) {
            settings.put(Setting.PROPERTIES, properties());
        }
        if (oneIn(5)) {
            settings.put(Setting.CORRELATION, "order " + random.nextInt(3));
        }
        if (oneIn(6)) {
            settings.put(Setting.TYPE, any("invoice", "note"));
        }
        if (oneIn(7)) {
            settings.put(Setting.GROUP, any("g1", "g2"));
            if (oneIn(4)) {
                settings.put(Setting.GROUP_ENDS, "");
            }
        }
        if (oneIn(12)) {
            settings.put(Setting.DUPLICATE_ID, "once " + random.nextInt(3));
        }
        if (queues.get(queue).hasKeys() || oneIn(20)) {
            settings.put(Setting.LAST_VALUE, any("k1", "k2", "k3"));
        }
        if (oneIn(12)) {
            settings.put(Setting.REPLY_TO, "r" + random.nextInt(2));
        }
        int size = features.contains(Feature.LARGE) && oneIn(12) ? LARGE : SIZES[random.nextInt(SIZES.length)];
        return MessageSpec.of(messages++, any(BodyKind.values()), size, settings);
    }

    private TreeMap<String, Object> properties() {
        TreeMap<String, Object> properties = new TreeMap<>();
        properties.put("amount", any((Object) 3, 4_000_000_000L, 2.5, (short) 7, (byte) 9, 1.5f));
        if (oneIn(2)) {
            properties.put("urgent", random.nextBoolean());
        }
        if (oneIn(2)) {
            properties.put("note", any("", "größer", "plain"));
        }
        return properties;
    }

    private int consumer() {
        return List.copyOf(open.keySet()).get(random.nextInt(open.size()));
    }

    private void open() {
        int consumer = random.nextInt(CONSUMERS);
        if (open.containsKey(consumer)) {
            return;
        }
        String queue = queue();
        String from = queues.get(queue) == QueueKind.TOPIC ? queue + "/" + random.nextInt(2) : queue;
        String selector = from.equals(queue) && oneIn(5) ? selector() : null;
        steps.add(new Step.Open(consumer, from, any(Step.Mode.values()), selector, random.nextInt(2)));
        open.put(consumer, queue);
    }

    private String selector() {
        return any(
                "region = 'EU'",
                "region IS NULL",
                "region = 'US' OR JMSPriority > 5",
                "JMSPriority < 5",
                "JMSXGroupID = 'g1'",
                "JMSDeliveryMode = 'NON_PERSISTENT' OR JMSTimestamp < 1000",
                "JMSMessageID LIKE 'ID:%' AND region LIKE '%U%'",
                "JMSType = 'note'");
    }

    private void leave() {
        if (open.isEmpty()) {
            open();
        } else if (oneIn(4)) {
            int connection = random.nextInt(2);
            steps.add(new Step.Reconnect(connection));
            open.clear();
            for (int i = 0; i < CONSUMERS; i++) {
                steps.add(new Step.Close(i));
            }
        } else {
            int consumer = consumer();
            steps.add(new Step.Close(consumer));
            open.remove(consumer);
        }
        if (oneIn(2)) {
            steps.add(new Step.Wait());
        }
    }

    private void end() {
        if (!transacted.isEmpty()) {
            Integer[] all = transacted.toArray(Integer[]::new);
            steps.add(new Step.End(any(all), !oneIn(3)));
        }
    }

    private void look() {
        if (queues.containsKey(Program.ASKED) && oneIn(2)) {
            steps.add(new Step.Ask(MessageSpec.of(messages++, BodyKind.TEXT, 5, Map.of()), random.nextBoolean()));
        } else {
            steps.add(new Step.Browse(queue(), oneIn(3) ? selector() : null));
        }
    }

    private void administer() {
        String queue = queue();
        if (queues.get(queue) == QueueKind.TOPIC) {
            return;
        }
        List<Step.Order> orders = new ArrayList<>(List.of(Step.Order.PAUSE, Step.Order.RESUME));
        // What a consumer has fetched already no administrator moves.
        if (!open.containsValue(queue)) {
            orders.addAll(List.of(Step.Order.REMOVE, Step.Order.REMOVE));
            if (features.contains(Feature.PRIORITIES)) {
                orders.add(Step.Order.PRIORITY);
            }
            if (features.contains(Feature.MOVES)) {
                orders.addAll(List.of(Step.Order.MOVE, Step.Order.MOVE));
            }
            if (features.contains(Feature.GRAVES)) {
                orders.addAll(List.of(Step.Order.TO_DEAD_LETTERS, Step.Order.EXPIRE, Step.Order.RETRY));
            }
        }
        Step.Order order = orders.get(random.nextInt(orders.size()));
        String filter = any("", "", "region = 'EU'", "AMQPriority > 4");
        switch (order) {
            case MOVE -> {
                String other = queue();
                boolean again = movedTo.contains(queue) && !features.contains(Feature.MOVED_AGAIN);
                if (!other.equals(queue) && queues.get(other) != QueueKind.TOPIC && !again) {
                    movedTo.add(other);
                    steps.add(new Step.Administer(order, queue, other, filter));
                }
            }
            case RETRY -> steps.add(new Step.Administer(order, Program.DEAD, null, ""));
            case PAUSE, RESUME -> steps.add(new Step.Administer(order, queue, null, ""));
            default -> steps.add(new Step.Administer(order, queue, null, filter));
        }
    }

    /** One message late, slow or not preferred, and many younger ones. */
    private void holdBack() {
        queues.put("q0", QueueKind.RETRY);
        Map<Setting, Object> settings = new EnumMap<>(Setting.class);
        int way = random.nextInt(3);
        if (way == 0) {
            settings.put(Setting.DELAY_MILLIS, 2_500);
        } else {
            settings.put(Setting.PRIORITY, 1);
        }
        steps.add(new Step.Send(0, "q0", MessageSpec.of(messages++, BodyKind.TEXT, 5, settings)));
        Step.Mode mode = any(Step.Mode.AUTO, Step.Mode.TRANSACTED, Step.Mode.CLIENT);
        if (way == 2) {
            steps.add(new Step.Open(0, "q0", Step.Mode.INDIVIDUAL, null, 0));
            steps.add(new Step.Receive(0, 1));
        }
        int younger = YOUNGER + random.nextInt(YOUNGER);
        steps.add(new Step.Burst(0, "q0", messages, younger, 9));
        messages += younger;
        steps.add(new Step.Open(1, "q0", mode, null, 1));
        steps.add(new Step.Exhaust(1, 200));
        steps.add(new Step.Wait());
        steps.add(new Step.Close(0));
        steps.add(new Step.Exhaust(1, 200));
    }
}
