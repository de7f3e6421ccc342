package io.dialogsecurity.state;

import io.dialogsecurity.crypto.IdentityKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is remembered of the sequence numbers of one dialog, direction and sender: a mark for each, what a mark means is for the
 * window around it to say, and what its envelope is known by. One mark is the last a number gets, and says that it is done with.
 *
 * <p>Of the newest {@value #NEWEST} numbers everything is remembered. Of older ones, however old, which are done with, and of those
 * that are not, everything; so a number that was never done with is never taken for one that was ({@link OlderNumbers} has the
 * bounds, which are not reached by accident).
 *
 * <p>The envelope that came last is known by its own bytes, which the caller has given away, until its number is done with, or
 * another comes: only then it is hashed. So who takes message by message pays for no hash, and a number that is done with then is
 * known by its MIC, which is enough to remove a copy.
 *
 * <p>It can be stored in parts, and gives those that have changed. Not thread-safe: its window has a lock.
 */
public final class SequenceMemory {

    /** Of how many of the newest numbers everything is remembered. */
    public static final int NEWEST = SequenceRing.SIZE;

    /** The mark of a number of which nothing is remembered. */
    public static final byte UNMARKED = 0;

    /** The envelope is not remembered any more, if there was one. */
    public static final byte NOTHING = 0;

    /** The envelope is known by the first eight bytes of its MIC. */
    public static final byte BY_MIC = 1;

    /** The envelope is known by all of its bytes. */
    public static final byte BY_DIGEST = 2;

    /** How many parts the newest numbers have. */
    private static final int RING_PARTS = 16;

    private static final int PLACES = NEWEST / RING_PARTS;
    private static final int PLACE_BYTES = 10;
    /** After those of the newest numbers: the runs of older ones; their pages follow. */
    private static final int RUNS = RING_PARTS;

    /** Which of two marks of one number counts. */
    @FunctionalInterface
    public interface Preference {

        /**
         * Whether the first one does.
         *
         * @param sequence the number
         * @param same whether both are about the same envelope, as far as is known
         */
        boolean prefersMine(long sequence, byte mine, byte theirs, boolean same);
    }

    private final byte doneMark;
    private final IdentityKey key;
    private final SequenceRing ring = new SequenceRing(this::handedOver);
    private OlderNumbers olderOrNull;
    private long last;

    /** The envelope that came last, with its number, as long as it is not hashed; or null. */
    private EnvelopeIdentity pending;

    private long pendingSequence;

    /** A bit for each part of the ring that has changed. */
    private int changedParts;

    private boolean allChanged;

    /** @param doneMark the mark that says of a number that it is done with */
    public SequenceMemory(byte doneMark, IdentityKey key) {
        this.doneMark = doneMark;
        this.key = key;
    }

    /** The newest sequence number that was ever marked, 0 if none. */
    public long newest() {
        return ring.newest();
    }

    /** The number after which nothing new is to come, 0 as long as none is known. */
    public long last() {
        return last;
    }

    /** Sets the number after which nothing new is to come. */
    public void end(long sequence) {
        last = sequence;
    }

    /** Whether a number comes after the last one. */
    public boolean isAfterLast(long sequence) {
        return last != 0 && sequence > last;
    }

    /** The mark of a sequence number, {@link #UNMARKED} if there is none. */
    public byte mark(long sequence) {
        if (!ring.isOlder(sequence)) {
            return ring.mark(sequence);
        }
        return olderOrNull == null ? UNMARKED : olderOrNull.mark(sequence);
    }

    /** By what the envelope with a number is known: {@link #NOTHING}, {@link #BY_MIC} or {@link #BY_DIGEST}. */
    public byte knownBy(long sequence) {
        if (!ring.isOlder(sequence)) {
            return ring.knownBy(sequence);
        }
        return olderOrNull == null ? NOTHING : olderOrNull.knownBy(sequence);
    }

    /** That by which the envelope is known. */
    public long identity(long sequence) {
        if (!ring.isOlder(sequence)) {
            return ring.identity(sequence);
        }
        return olderOrNull == null ? 0 : olderOrNull.identity(sequence);
    }

    /** Whether the envelope with a number is the given one; only where it is known by something. */
    boolean isSame(long sequence, long micPrefix, EnvelopeIdentity identityOrNull) {
        if (pending != null && sequence == pendingSequence && identityOrNull != null && pending.isThere()) {
            return pending.isSame(identityOrNull);
        }
        if (knownBy(sequence) == BY_DIGEST && identityOrNull != null) {
            return identity(sequence) == identityOrNull.digest(key);
        }
        return identity(sequence) == micPrefix;
    }

    /** Marks a number whose envelope is known by something. */
    public void mark(long sequence, byte mark, byte knownBy, long identity) {
        if (ring.isOlder(sequence)) {
            older().mark(sequence, mark, knownBy, identity);
            return;
        }
        long newest = ring.newest();
        ring.mark(sequence, mark, knownBy, identity);
        if (newest != 0 && sequence > newest) {
            // Counts down a number of places: a loop up to the largest long would never end.
            for (long left = sequence - Math.max(newest + 1, sequence - NEWEST + 1); left > 0; left -= PLACES) {
                changedParts |= 1 << part(sequence - left);
            }
        }
        changedParts |= 1 << part(sequence);
    }

    /** Marks a number, whose envelope stays known by what it is. */
    public void mark(long sequence, byte mark) {
        if (pending != null && sequence == pendingSequence && mark == doneMark) {
            pending = null;
        }
        mark(sequence, mark, knownBy(sequence), identity(sequence));
    }

    /**
     * Marks a number that is done with, however old it is, as one that is not after all: its message has left the place for which it
     * counted. Nothing here can tell of an old number whether it is this message's: that is for the caller to know.
     *
     * @param identity of its envelope, by all of its bytes
     */
    public void reopen(long sequence, byte mark, long identity) {
        put(sequence, mark, BY_DIGEST, identity);
    }

    private void put(long sequence, byte mark, byte knownBy, long identity) {
        if (mark != doneMark && ring.isOlder(sequence) && olderOrNull != null) {
            olderOrNull.reopen(sequence, mark, knownBy, identity);
        }
        mark(sequence, mark, knownBy, identity);
    }

    /**
     * Marks the number of an envelope that is new.
     *
     * @param identityOrNull null if only the MIC is at hand
     */
    public void arrived(long sequence, byte mark, long micPrefix, EnvelopeIdentity identityOrNull) {
        identify();
        mark(sequence, mark, BY_MIC, micPrefix);
        pending = identityOrNull;
        pendingSequence = sequence;
    }

    /** Hashes the envelope that came last, if it is not yet: from now on its array may change. */
    public void identify() {
        EnvelopeIdentity identity = pending;
        pending = null;
        if (identity != null && identity.isThere()) {
            mark(pendingSequence, mark(pendingSequence), BY_DIGEST, identity.digest(key));
        }
    }

    private void handedOver(long sequence, byte mark, byte knownBy, long identity) {
        older().take(sequence, mark, knownBy, identity);
    }

    private OlderNumbers older() {
        if (olderOrNull == null) {
            olderOrNull = new OlderNumbers(doneMark);
        }
        return olderOrNull;
    }

    // --- Two who share it

    /** Adds what another memory of the same numbers knows; where both know something, the preference decides. */
    public void add(SequenceMemory mine, Preference preference) {
        mine.identify();
        for (long age = Math.min(NEWEST, mine.newest()) - 1; age >= 0; age--) {
            long sequence = mine.newest() - age;
            byte mark = mine.ring.mark(sequence);
            if (mark != UNMARKED) {
                merge(sequence, mark, mine.ring.knownBy(sequence), mine.ring.identity(sequence), preference);
            }
        }
        if (mine.olderOrNull != null) {
            mine.olderOrNull.copyTo(this, preference);
        }
        if (last == 0) {
            last = mine.last;
        }
    }

    /** Marks a number as somebody else has, unless what is known of it already counts. */
    public void merge(long sequence, byte mark, byte knownBy, long identity, Preference preference) {
        byte present = mark(sequence);
        if (present == UNMARKED) {
            mark(sequence, mark, knownBy, identity);
            return;
        }
        byte presentlyBy = knownBy(sequence);
        boolean same = presentlyBy != knownBy || identity(sequence) == identity;
        if (present == mark && (same || !preference.prefersMine(sequence, mark, present, false))) {
            if (knownBy > presentlyBy && same) {
                mark(sequence, mark, knownBy, identity);
            }
        } else if (preference.prefersMine(sequence, mark, present, same)) {
            boolean keep = same && presentlyBy >= knownBy;
            put(sequence, mark, keep ? presentlyBy : knownBy, keep ? identity(sequence) : identity);
        }
    }

    void runDone(long first, long last, Preference preference) {
        older().runDone(first, last, this, preference);
    }

    // --- Storage

    private static int part(long sequence) {
        return (int) (sequence & (NEWEST - 1)) / PLACES;
    }

    /**
     * The parts that have changed since this was asked last, by number; an empty one is gone. The number 0 is used first: of a
     * short dialog there is no other.
     *
     * @param stored the parts that are stored: where everything is given, those of them that are gone are among it
     */
    public Map<Long, byte[]> takeChanges(Set<Long> stored) {
        Map<Long, byte[]> changes = new TreeMap<>();
        for (int part = 0; part < RING_PARTS; part++) {
            if (allChanged || (changedParts & 1 << part) != 0) {
                changes.put((long) part, places(part));
            }
        }
        if (olderOrNull != null) {
            olderOrNull.takeChanged(allChanged, (number, bytes) -> changes.put(RUNS + 1 + number, bytes));
        }
        if (allChanged) {
            stored.forEach(part -> changes.putIfAbsent(part, new byte[0]));
        }
        changedParts = 0;
        allChanged = false;
        return changes;
    }

    /** Takes it that nobody knows what is stored. */
    public void everythingChanged() {
        allChanged = true;
    }

    private byte[] places(int part) {
        ByteBuffer buffer = ByteBuffer.allocate(PLACES * PLACE_BYTES);
        for (int i = 0; i < PLACES; i++) {
            long sequence = sequence(newest(), part * PLACES + i);
            byte mark = sequence > 0 ? ring.mark(sequence) : UNMARKED;
            if (mark != UNMARKED) {
                buffer.put((byte) i)
                        .put((byte) (ring.knownBy(sequence) << 4 | mark))
                        .putLong(ring.identity(sequence));
            }
        }
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    /** The number that has a place, from the newest. */
    private static long sequence(long newest, int place) {
        return newest - ((newest - place) & (NEWEST - 1));
    }

    /**
     * A memory from its parts.
     *
     * @param newest as it was
     * @param last as it was
     * @throws IllegalArgumentException if they do not fit together
     */
    public static SequenceMemory load(byte doneMark, IdentityKey key, long newest, long last, Map<Long, byte[]> parts) {
        SequenceMemory memory = new SequenceMemory(doneMark, key);
        memory.last = last;
        try {
            // The newest first: the others have their places from it.
            for (int pass = 0; pass < 2; pass++) {
                for (Map.Entry<Long, byte[]> part : parts.entrySet()) {
                    if (part.getKey() < RING_PARTS) {
                        memory.read(part.getKey().intValue(), part.getValue(), newest, pass == 0);
                    } else if (pass == 0 && part.getValue().length > 0) {
                        memory.older().load(part.getKey() - RUNS - 1, part.getValue());
                    }
                }
            }
            if (memory.olderOrNull != null) {
                memory.olderOrNull.dropSettled();
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a part is cut off", e);
        }
        if (memory.newest() != newest) {
            throw new IllegalArgumentException("the newest number is missing in its place");
        }
        memory.changedParts = 0;
        return memory;
    }

    private void read(int part, byte[] places, long newest, boolean onlyNewest) {
        ByteBuffer buffer = ByteBuffer.wrap(places);
        while (buffer.hasRemaining()) {
            int place = part * PLACES + buffer.get();
            byte mark = buffer.get();
            long identity = buffer.getLong();
            long sequence = sequence(newest, place);
            if (sequence > 0 && onlyNewest == (sequence == newest)) {
                mark(sequence, (byte) (mark & 0xF), (byte) (mark >> 4), identity);
            }
        }
    }
}
