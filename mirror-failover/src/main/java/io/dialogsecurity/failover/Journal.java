package io.dialogsecurity.failover;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * What every change passes before it counts: it is written to the tail, and its entry queued for the database.
 *
 * <p>Who changes an entry holds its lock from here to the end of the change. The committer notes the tail's next position
 * first, then empties the queue and takes a copy of each entry under its lock. Because an entry is queued <em>before</em> a
 * position is claimed, each position before the noted one belongs to a change that is in one of the copies; so the tail may
 * start there once they are committed. (When much is queued it stops at a {@linkplain Queued.Mark mark}, for which the same
 * holds.) And because an entry that becomes dirty defines itself in the tail anew, no record that is still needed hangs on a
 * definition that is gone.
 *
 * <p>When the tail is full, the change is not made; the caller lets go of the lock (the committer needs it), waits in
 * {@link #awaitRoom} and begins again. Thread-safe.
 */
final class Journal {

    private static final String CLOSED = "The endpoint state is closed.";
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Into how many parts the queue is marked. */
    private static final int PARTS = 16;

    private final Tail tail;
    private final boolean sync;
    private final Queue<Queued> dirty = new ConcurrentLinkedQueue<>();
    private final AtomicLong lastId = new AtomicLong();
    private final Object room = new Object();
    private volatile Runnable wakeCommitter = () -> {};
    private volatile String problem = "";
    private volatile String damage = "";
    private volatile boolean closed;

    Journal(Tail tail, boolean sync) {
        this.tail = tail;
        this.sync = sync;
    }

    /** @param wake asks for a commit before the next is due */
    void onUrgent(Runnable wake) {
        wakeCommitter = wake;
    }

    long newId() {
        return lastId.incrementAndGet();
    }

    /** Records a change of an entry whose lock is held. Returns false, and has done nothing, if there is no room. */
    boolean record(Entry entry, int operation, long a, long b) {
        if (closed) {
            throw new StoreException(CLOSED);
        }
        int definition = entry.dirty ? 0 : definitionRecords(entry);
        boolean becomesDirty = queue(entry);
        long position = tail.claim(definition + 1);
        if (position == 0) {
            entry.dirty &= !becomesDirty; // the committer passes over what is queued and not dirty
            return false;
        }
        define(entry, position, definition);
        tail.write(position + definition, operation, entry.id, a, b);
        claimed(position, definition + 1);
        return true;
    }

    /** The same for a change that has bytes: one or two blobs, of which the first may be missing. */
    boolean record(Entry entry, int firstOperation, byte[] firstOrNull, int secondOperation, byte[] second) {
        if (closed) {
            throw new StoreException(CLOSED);
        }
        int definition = entry.dirty ? 0 : definitionRecords(entry);
        int first = firstOrNull == null ? 0 : 1 + Tail.parts(firstOrNull.length);
        int all = definition + first + 1 + Tail.parts(second.length);
        if (all > tail.capacity() / 2) {
            throw new StoreException("The headers of dialog " + entry.definition.dialogId()
                    + " are too large for a tail of " + tail.capacity() + " records.");
        }
        boolean becomesDirty = queue(entry);
        long position = tail.claim(all);
        if (position == 0) {
            entry.dirty &= !becomesDirty;
            return false;
        }
        define(entry, position, definition);
        if (firstOrNull != null) {
            tail.write(position + definition, firstOperation, entry.id, firstOrNull);
        }
        tail.write(position + definition + first, secondOperation, entry.id, second);
        claimed(position, all);
        return true;
    }

    /**
     * Where another part of the tail begins, the queue is marked, so that the committer can let go of a part when it has that.
     * A commit is asked for early enough that nobody has to wait for room: when half of the tail has been used.
     */
    private void claimed(long position, int records) {
        long part = tail.capacity() / PARTS;
        if (position / part != (position + records) / part) {
            dirty.add(new Queued.Mark(tail.next()));
            if (tail.next() - tail.start() > tail.capacity() / 2) {
                wakeCommitter.run();
            }
        }
    }

    private static int definitionRecords(Entry entry) {
        return 1 + Tail.parts(entry.definition.bytes().length);
    }

    private boolean queue(Entry entry) {
        if (entry.dirty) {
            return false;
        }
        entry.dirty = true;
        dirty.add(entry);
        return true;
    }

    private void define(Entry entry, long position, int records) {
        if (records > 0) {
            tail.write(position, Operation.DEFINE, entry.id, entry.definition.bytes());
        }
    }

    /** Called without a lock after a change: returns when it will not be forgotten. */
    void settle() {
        if (sync) {
            tail.force();
        }
    }

    /**
     * Waits until there may be room in the tail: as long as the committer goes on, however many others wait for the same.
     *
     * @throws StoreException if there is none because the database cannot be written, or does not catch up
     */
    void awaitRoom() {
        wakeCommitter.run();
        long start = tail.start();
        await(() -> tail.start() != start || tail.next() - start <= tail.capacity() / 2);
    }

    private void await(BooleanSupplier done) {
        long end = System.nanoTime() + LONGEST_WAIT_NANOS;
        synchronized (room) {
            while (!done.getAsBoolean()) {
                if (closed) {
                    throw new StoreException(CLOSED);
                }
                if (!problem.isEmpty()) {
                    throw new StoreException(
                            problem + " Until then nothing more can be remembered, and so is refused.");
                }
                if (end - System.nanoTime() <= 0) {
                    throw new StoreException(
                            "The database of the endpoint state does not catch up: changes have waited for"
                                    + " it for 10 s. Look for what slows its disk or server down.");
                }
                try {
                    room.wait(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new StoreException("Interrupted while waiting for the database of the endpoint state.", e);
                }
            }
        }
    }

    /**
     * Asks for a commit and waits until it has brought what is waited for.
     *
     * @throws StoreException if the database cannot be written, or does not catch up
     */
    void awaitCommit(BooleanSupplier done) {
        wakeCommitter.run();
        await(done);
    }

    // --- For the committer

    /** The next entry that became dirty, or a mark, or null. */
    Queued pollDirty() {
        return dirty.poll();
    }

    long dirtyEntries() {
        return dirty.size();
    }

    Tail tail() {
        return tail;
    }

    /** The database surely has everything before this position. */
    void release(long position) {
        tail.release(position);
        committed();
    }

    /** A commit has ended. */
    void committed() {
        synchronized (room) {
            room.notifyAll();
        }
    }

    void problem(String text) {
        problem = text;
        synchronized (room) {
            room.notifyAll();
        }
    }

    /** Whether the last attempt to write to the database went well. */
    boolean isWritable() {
        return problem.isEmpty();
    }

    /** A damaged row was met: that is said until the store is closed, whatever else goes well. */
    void damage(String text) {
        damage = text;
    }

    String problem() {
        return problem.isEmpty() ? damage : problem;
    }

    void close() {
        closed = true;
        synchronized (room) {
            room.notifyAll();
        }
    }
}
