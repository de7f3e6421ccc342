package io.dialogsecurity.artemis.client.jms;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What the hash of each part of a graph costs: the size of what it is made of, with every reference unfolded. It is found
 * from the whole graph, not while it is read, because what is unfinished when it is referred to has its weight later.
 *
 * <p>A hash that asks for itself never ends, so in a cycle somebody asks no further. Where objects of the application are in it it is they
 * (children that refer to their parents); where there are none it is refused. One use, one thread.
 */
final class HashCosts {

    /** Costs more than anything may. */
    static final long ENDLESS = Long.MAX_VALUE / 4;

    private static final int NEVER = -1;

    /** A part on the way from where the search began. */
    private static final class Step {
        private final ObjectPart part;
        private final List<ObjectPart> next;
        private int at;

        private Step(ObjectPart part) {
            this.part = part;
            this.next = part.followed();
        }
    }

    private final long[] costs;
    private final int[] cycles;
    private int[] order;
    private int[] lowest;
    private final Deque<ObjectPart> open = new ArrayDeque<>();
    private boolean[] isOpen;
    private int found;
    private int cyclesFound;
    /** Whether objects of the application in a cycle are taken to leave out what leads around it. */
    private boolean cut;

    HashCosts(int parts) {
        costs = new long[parts];
        cycles = new int[parts];
        Arrays.fill(cycles, NEVER);
        begin(parts);
    }

    private void begin(int parts) {
        order = new int[parts];
        Arrays.fill(order, NEVER);
        lowest = new int[parts];
        isOpen = new boolean[parts];
        found = 0;
    }

    /** Looks at all these parts lead to; {@link #of} may be asked afterwards. */
    void look(List<ObjectPart> parts) {
        parts.forEach(this::search);
        if (cyclesFound > 0) {
            cut = true;
            begin(costs.length);
            parts.forEach(this::search);
        }
    }

    long of(ObjectPart part) {
        return part == null ? 1 : costs[part.index];
    }

    /** Tarjan's search for what is connected in both directions; its results come with what they lead to before them. */
    private void search(ObjectPart root) {
        if (order[root.index] != NEVER) {
            return;
        }
        Deque<Step> way = new ArrayDeque<>();
        enter(way, root);
        while (!way.isEmpty()) {
            Step step = way.peek();
            if (step.at < step.next.size()) {
                ObjectPart next = step.next.get(step.at++);
                if (isCut(step.part, next)) {
                    continue;
                }
                if (order[next.index] == NEVER) {
                    enter(way, next);
                } else if (isOpen[next.index]) {
                    lower(step.part, order[next.index]);
                }
            } else {
                way.pop();
                if (!way.isEmpty()) {
                    lower(way.peek().part, lowest[step.part.index]);
                }
                if (lowest[step.part.index] == order[step.part.index]) {
                    close(step);
                }
            }
        }
    }

    private void enter(Deque<Step> way, ObjectPart part) {
        order[part.index] = found;
        lowest[part.index] = found;
        found++;
        open.push(part);
        isOpen[part.index] = true;
        way.push(new Step(part));
    }

    private void lower(ObjectPart part, int value) {
        lowest[part.index] = Math.min(lowest[part.index], value);
    }

    private boolean isCut(ObjectPart from, ObjectPart to) {
        return cut && from.leavesOut() && cycles[from.index] != NEVER && cycles[from.index] == cycles[to.index];
    }

    private void close(Step first) {
        boolean alone = open.peek() == first.part
                && first.next.stream().noneMatch(next -> next == first.part && !isCut(next, next));
        if (alone) {
            open.pop();
            isOpen[first.part.index] = false;
            costs[first.part.index] = sum(first);
            return;
        }
        ObjectPart part;
        do {
            part = open.pop();
            isOpen[part.index] = false;
            costs[part.index] = ENDLESS;
            if (!cut) {
                cycles[part.index] = cyclesFound;
            }
        } while (part != first.part);
        cyclesFound++;
    }

    private long sum(Step step) {
        long sum = step.part.own;
        for (ObjectPart next : step.next) {
            sum += isCut(step.part, next) ? 1 : costs[next.index];
            if (sum >= ENDLESS) {
                return ENDLESS;
            }
        }
        return sum;
    }
}
