package io.dialogsecurity.state;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What is remembered of the numbers that are too old for the ring: exactly which of them are done with, and of those that are not,
 * what their envelopes are known by. Where order was kept that is one run of numbers; where others take a part of a dialog, a bit
 * for each number.
 *
 * <p>Of a number that was done with late, as it is when a broker has held its message back, the identity is remembered a while,
 * because that is when copies come.
 *
 * <p>Somebody who leaves gaps to make it grow gets to {@value #MOST_PAGES} stretches of {@value #PAGE} numbers, and to a million
 * numbers that are not done with. Beyond that the oldest stretch counts as done with. Not thread-safe.
 */
final class OlderNumbers {

    /** Numbers in a page. */
    static final int PAGE = 4096;

    /** Pages that are partly done with, and runs of pages that wholly are. */
    static final int MOST_PAGES = 4096;

    /** Numbers whose envelopes are known. */
    static final int MOST_KNOWN = 1 << 20;

    /** Of how many numbers that were done with late the envelopes are known. */
    static final int MOST_LATE = 1024;

    private static final int PAGE_BITS = Integer.numberOfTrailingZeros(PAGE);
    private static final int WORDS = PAGE / Long.SIZE;
    private static final int KNOWN_BYTES = Short.BYTES + 1 + Long.BYTES;

    /** What is known of 4096 consecutive numbers. */
    private static final class Page {
        /** A bit for each that is done with. */
        private final long[] done = new long[WORDS];

        private int doneCount;

        /** Those whose envelopes are known, in order. */
        private short[] known = {};

        private byte[] marks = {};
        private long[] identities = {};
        private int knownCount;
        private boolean changed;

        private int find(int place) {
            return Arrays.binarySearch(known, 0, knownCount, (short) place);
        }

        private boolean isDone(int place) {
            return (done[place >> 6] & 1L << place) != 0;
        }

        private void setDone(int place) {
            if (!isDone(place)) {
                done[place >> 6] |= 1L << place;
                doneCount++;
            }
        }

        /** Returns whether it was not known before. */
        private boolean know(int place, byte mark, long identity) {
            int at = find(place);
            boolean isNew = at < 0;
            if (isNew) {
                at = -at - 1;
                if (knownCount == known.length) {
                    int room = Math.max(4, knownCount * 2);
                    known = Arrays.copyOf(known, room);
                    marks = Arrays.copyOf(marks, room);
                    identities = Arrays.copyOf(identities, room);
                }
                System.arraycopy(known, at, known, at + 1, knownCount - at);
                System.arraycopy(marks, at, marks, at + 1, knownCount - at);
                System.arraycopy(identities, at, identities, at + 1, knownCount - at);
                knownCount++;
            }
            known[at] = (short) place;
            marks[at] = mark;
            identities[at] = identity;
            return isNew;
        }

        private void forget(int at) {
            knownCount--;
            System.arraycopy(known, at + 1, known, at, knownCount - at);
            System.arraycopy(marks, at + 1, marks, at, knownCount - at);
            System.arraycopy(identities, at + 1, identities, at, knownCount - at);
        }

        private void setOpen(int place) {
            if (isDone(place)) {
                done[place >> 6] &= ~(1L << place);
                doneCount--;
            }
        }

        private static Page wholly() {
            Page page = new Page();
            Arrays.fill(page.done, -1);
            page.doneCount = PAGE;
            return page;
        }

        private byte[] toBytes() {
            int words = doneCount == 0 ? 0 : WORDS;
            ByteBuffer bytes = ByteBuffer.allocate(1 + words * Long.BYTES + knownCount * KNOWN_BYTES);
            bytes.put((byte) (words == 0 ? 0 : 1));
            for (int i = 0; i < words; i++) {
                bytes.putLong(done[i]);
            }
            for (int i = 0; i < knownCount; i++) {
                bytes.putShort(known[i]).put(marks[i]).putLong(identities[i]);
            }
            return bytes.array();
        }

        private static Page of(byte[] from) {
            ByteBuffer bytes = ByteBuffer.wrap(from);
            Page page = new Page();
            if (bytes.get() != 0) {
                for (int i = 0; i < WORDS; i++) {
                    page.done[i] = bytes.getLong();
                    page.doneCount += Long.bitCount(page.done[i]);
                }
            }
            while (bytes.hasRemaining()) {
                page.know(bytes.getShort() & (PAGE - 1), bytes.get(), bytes.getLong());
            }
            return page;
        }
    }

    private final byte doneMark;
    private final TreeMap<Long, Page> pages = new TreeMap<>();

    /** Pages of which every number is done with: the first and the last of each run. */
    private final TreeMap<Long, Long> runs = new TreeMap<>();

    /** Numbers that were done with late, in the order in which their envelopes are forgotten. */
    private final ArrayDeque<Long> late = new ArrayDeque<>();

    private final List<Long> gone = new ArrayList<>();
    private boolean runsChanged;
    private int knownCount;

    /** @param doneMark the mark of numbers that are done with */
    OlderNumbers(byte doneMark) {
        this.doneMark = doneMark;
    }

    byte mark(long sequence) {
        Page page = pages.get(sequence >> PAGE_BITS);
        if (page == null) {
            return isInRun(sequence >> PAGE_BITS) ? doneMark : SequenceMemory.UNMARKED;
        }
        int place = place(sequence);
        if (page.isDone(place)) {
            return doneMark;
        }
        int at = page.find(place);
        return at < 0 ? SequenceMemory.UNMARKED : (byte) (page.marks[at] & 0xF);
    }

    byte knownBy(long sequence) {
        Page page = pages.get(sequence >> PAGE_BITS);
        int at = page == null ? -1 : page.find(place(sequence));
        return at < 0 ? SequenceMemory.NOTHING : (byte) (page.marks[at] >> 4);
    }

    long identity(long sequence) {
        Page page = pages.get(sequence >> PAGE_BITS);
        int at = page == null ? -1 : page.find(place(sequence));
        return at < 0 ? 0 : page.identities[at];
    }

    /** Remembers a number that leaves the ring. */
    void take(long sequence, byte mark, byte knownBy, long identity) {
        mark(sequence, mark, mark == doneMark ? SequenceMemory.NOTHING : knownBy, identity);
    }

    void mark(long sequence, byte mark, byte knownBy, long identity) {
        long number = sequence >> PAGE_BITS;
        if (isInRun(number)) {
            return;
        }
        Page page = pages.computeIfAbsent(number, n -> new Page());
        int place = place(sequence);
        if (mark != doneMark && page.isDone(place)) {
            return;
        }
        page.changed = true;
        if (mark == doneMark) {
            page.setDone(place);
        }
        if (knownBy != SequenceMemory.NOTHING) {
            know(page, sequence, mark, knownBy, identity);
            if (mark == doneMark) {
                late.remove(sequence); // it is in there once, or it would be forgotten too early
                late.add(sequence);
                if (late.size() > MOST_LATE) {
                    forget(late.remove());
                }
            }
        }
        settle(number, page);
        keepBounds();
    }

    /** Marks a number with which nobody is done after all, however old it is. Ignored unless it counts as done with. */
    void reopen(long sequence, byte mark, byte knownBy, long identity) {
        long number = sequence >> PAGE_BITS;
        if (isInRun(number)) {
            splitRun(number);
            pages.put(number, Page.wholly());
        }
        Page page = pages.get(number);
        if (page == null || !page.isDone(place(sequence))) {
            return;
        }
        page.setOpen(place(sequence));
        page.changed = true;
        late.remove(sequence);
        know(page, sequence, mark, knownBy, identity);
        keepBounds();
    }

    private void know(Page page, long sequence, byte mark, byte knownBy, long identity) {
        if (page.know(place(sequence), (byte) (knownBy << 4 | mark), identity)) {
            knownCount++;
        }
    }

    private void keepBounds() {
        while (pages.size() + runs.size() > MOST_PAGES || knownCount > MOST_KNOWN) {
            foldOldest();
        }
    }

    /** Forgets the envelope of a number that was done with late. */
    private void forget(long sequence) {
        Page page = pages.get(sequence >> PAGE_BITS);
        int at = page == null ? -1 : page.find(place(sequence));
        if (at >= 0 && (page.marks[at] & 0xF) == doneMark) {
            page.forget(at);
            page.changed = true;
            knownCount--;
            settle(sequence >> PAGE_BITS, page);
        }
    }

    private void settle(long number, Page page) {
        // To forget another number of it may have settled it already.
        if (page.doneCount == PAGE && page.knownCount == 0 && pages.get(number) == page) {
            remove(number);
            addRun(number, number);
        }
    }

    private void remove(long number) {
        knownCount -= pages.remove(number).knownCount;
        gone.add(number);
    }

    private boolean isInRun(long number) {
        Map.Entry<Long, Long> run = runs.floorEntry(number);
        return run != null && run.getValue() >= number;
    }

    private void splitRun(long number) {
        Map.Entry<Long, Long> run = runs.floorEntry(number);
        runs.remove(run.getKey());
        if (run.getKey() < number) {
            runs.put(run.getKey(), number - 1);
        }
        if (number < run.getValue()) {
            runs.put(number + 1, run.getValue());
        }
        runsChanged = true;
    }

    private void addRun(long first, long last) {
        long from = first;
        long to = last;
        Map.Entry<Long, Long> before = runs.floorEntry(from);
        if (before != null && before.getValue() >= from - 1) {
            from = before.getKey();
        }
        for (Map.Entry<Long, Long> next = runs.ceilingEntry(from);
                next != null && next.getKey() <= to + 1;
                next = runs.ceilingEntry(from)) {
            to = Math.max(to, next.getValue());
            runs.remove(next.getKey());
        }
        runs.put(from, to);
        runsChanged = true;
    }

    /** Too much is remembered: the oldest counts as done with, so that it is refused and not taken twice. */
    private void foldOldest() {
        long upTo;
        if (pages.isEmpty()) {
            upTo = runs.higherEntry(runs.firstKey()).getValue();
        } else {
            upTo = pages.firstKey();
            remove(upTo);
        }
        addRun(0, upTo);
    }

    private static int place(long sequence) {
        return (int) sequence & (PAGE - 1);
    }

    // --- Others, and storage

    /** Adds everything these know to what others do. */
    void copyTo(SequenceMemory other, SequenceMemory.Preference preference) {
        runs.forEach((first, last) -> other.runDone(first, last, preference));
        pages.forEach((number, page) -> {
            long first = number << PAGE_BITS;
            for (int word = 0; word < WORDS; word++) {
                for (long left = page.done[word]; left != 0; left &= left - 1) {
                    int place = word * Long.SIZE + Long.numberOfTrailingZeros(left);
                    if (page.find(place) < 0) {
                        other.merge(first + place, doneMark, SequenceMemory.NOTHING, 0, preference);
                    }
                }
            }
            for (int i = 0; i < page.knownCount; i++) {
                byte mark = page.marks[i];
                other.merge(
                        first + page.known[i], (byte) (mark & 0xF), (byte) (mark >> 4), page.identities[i], preference);
            }
        });
    }

    /**
     * Pages of which every number is done with, as somebody else knows: they count so here, too, but where this has a page of its own,
     * in which the preference decides of each number.
     *
     * @param to these numbers, and the newer ones
     */
    void runDone(long first, long last, SequenceMemory to, SequenceMemory.Preference preference) {
        long from = first;
        for (long number : List.copyOf(pages.subMap(first, true, last, true).keySet())) {
            if (from < number) {
                addRun(from, number - 1);
            }
            for (long sequence = number << PAGE_BITS; sequence >> PAGE_BITS == number; sequence++) {
                to.merge(sequence, doneMark, SequenceMemory.NOTHING, 0, preference);
            }
            from = number + 1;
        }
        if (from <= last && !(isInRun(from) && runs.floorEntry(from).getValue() >= last)) {
            addRun(from, last);
        }
    }

    /** Gives the parts that have changed since this was asked last, an empty one for one that is gone. */
    void takeChanged(boolean all, BiConsumer<Long, byte[]> parts) {
        gone.forEach(number -> parts.accept(number, new byte[0]));
        gone.clear();
        pages.forEach((number, page) -> {
            if (all || page.changed) {
                page.changed = false;
                parts.accept(number, page.toBytes());
            }
        });
        if (all || runsChanged) {
            runsChanged = false;
            ByteBuffer bytes = ByteBuffer.allocate(runs.size() * 2 * Long.BYTES);
            runs.forEach((first, last) -> bytes.putLong(first).putLong(last));
            parts.accept(-1L, bytes.array());
        }
    }

    /** Takes over a part as it was given. */
    void load(long number, byte[] bytes) {
        if (number >= 0) {
            Page page = Page.of(bytes);
            pages.put(number, page);
            knownCount += page.knownCount;
            for (int i = 0; i < page.knownCount; i++) {
                if ((page.marks[i] & 0xF) == doneMark) {
                    late.add((number << PAGE_BITS) + page.known[i]);
                }
            }
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            runs.put(buffer.getLong(), buffer.getLong());
        }
    }

    /** When all parts are loaded: a page that lies in a run is what is left of it from before, its numbers are done with. */
    void dropSettled() {
        List.copyOf(pages.keySet()).stream().filter(this::isInRun).forEach(this::remove);
    }
}
