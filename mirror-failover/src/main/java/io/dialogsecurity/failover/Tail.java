package io.dialogsecurity.failover;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The changes the database does not have yet: a ring of records in a file mapped into memory. A record outlives the
 * process as soon as it is written, because the pages belong to the operating system; it outlives a loss of power once it is
 * {@linkplain #force forced}.
 *
 * <p>Every record has a position, counted from 1, and lies at its position modulo the ring's length. Writers claim
 * positions with one compare-and-set and fill them in any order. {@link #start} is the first position the database does not
 * surely have; a position is only claimed while all from the start on fit, so nothing is overwritten that is still needed.
 *
 * <h2>What is found after a crash</h2>
 *
 * A record's last word, position and operation, is set to zero before and to its value after the rest. So when a process
 * dies, each place holds a whole record, of this round or of an earlier one, or zero: a claim that came to nothing, whose
 * caller never heard of success. Anything else is damage, and is reported as such; but after a loss of power, which writes
 * some pages and others not, it is what was not forced, and is passed over.
 *
 * <pre>
 * file   = header (4096) record*
 * header = magic (8) version (8) records (8) name (8) check of these (8)
 *          session (8): 48 bits of the system's boot id while a process writes, 0 once closed; 16 bits of check
 *          at 512 and at 1024: start (8) check (8); the larger one that is whole counts
 * record = id (8) a (8) b (8) check (8) position and operation (8: 7 bytes and 1)
 * </pre>
 *
 * <p>Numbers are big-endian. Thread-safe.
 */
final class Tail implements AutoCloseable {

    static final int MAX_BLOB_BYTES = 1 << 20;

    private static final long MAGIC = 0x6469616c6f677461L; // "dialogta"
    private static final long VERSION = 1;
    private static final int HEADER_BYTES = 4096;
    private static final int RECORD_BYTES = 40;
    private static final int PART_BYTES = 24;
    private static final int SESSION_AT = 256;
    private static final int[] START_AT = {512, 1024};
    /** Of a record that carries a part of a blob. */
    private static final int PART = 255;

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final Path file;
    private final FileChannel channel;
    private final MappedByteBuffer buffer;
    private final long records;
    private final long name;
    private final long boot;
    private final AtomicLong next = new AtomicLong(1);
    private volatile long start = 1;
    private int startSlot;

    private final Object forceLock = new Object();
    private final AtomicLong forceRequests = new AtomicLong();
    private long forcedRequests;

    /** What was in a file, in order of position. */
    record Found(List<Entry> entries, boolean clean, boolean powerLost) {

        /**
         * One record, or one blob.
         *
         * @param blobOrNull the bytes, if it is a blob
         */
        record Entry(long position, int operation, long id, long a, long b, byte[] blobOrNull) {}
    }

    private Tail(Path file, FileChannel channel, MappedByteBuffer buffer, long records, long name, long boot) {
        this.file = file;
        this.channel = channel;
        this.buffer = buffer;
        this.records = records;
        this.name = name;
        this.boot = boot;
    }

    /**
     * A new, empty tail. All its blocks are written once, so that later none can be missing when the disk is full.
     *
     * @param first the position of its first record
     */
    static Tail create(Path file, int records, long name, long first, long boot) throws IOException {
        FileChannel channel =
                OwnerOnly.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            long size = HEADER_BYTES + (long) records * RECORD_BYTES;
            ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
            for (long at = 0; at < size; ) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
                at += channel.write(zeros, at);
            }
            Tail tail =
                    new Tail(file, channel, channel.map(FileChannel.MapMode.READ_WRITE, 0, size), records, name, boot);
            tail.next.set(first);
            tail.release(first);
            tail.writeHeader();
            tail.begin();
            return tail;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Opens an existing tail; what is in it is read next, with {@link #read}. */
    static Tail open(Path file, long boot) throws IOException, DamagedException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            long size = channel.size();
            if (size < HEADER_BYTES + RECORD_BYTES) {
                throw new DamagedException(file + " is cut off: it has " + size + " bytes");
            }
            MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
            if (buffer.getLong(0) != MAGIC || buffer.getLong(32) != headerCheck(buffer)) {
                throw new DamagedException(file + " has a damaged header");
            }
            if (buffer.getLong(8) != VERSION) {
                throw new StoreException(file + " was written by a newer version (tail version " + buffer.getLong(8)
                        + "). Use that version, or stop it, wait until it has closed its state, and remove this file.");
            }
            long records = buffer.getLong(16);
            if (size != HEADER_BYTES + records * RECORD_BYTES) {
                throw new DamagedException(file + " has " + size + " bytes, not "
                        + (HEADER_BYTES + records * RECORD_BYTES) + " as its header says");
            }
            return new Tail(file, channel, buffer, records, buffer.getLong(24), boot);
        } catch (IOException | DamagedException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Reads what is left in an opened tail, and makes it ready for more. Nobody may be writing yet. */
    Found read() throws DamagedException {
        long session = buffer.getLong(SESSION_AT);
        if (session != session(session >>> 16)) {
            throw new DamagedException(file + " has a damaged header");
        }
        boolean clean = session >>> 16 == 0;
        boolean powerLost = !clean && session != session(boot >>> 16);
        long found = 0;
        for (int slot = 0; slot < START_AT.length; slot++) {
            long candidate = buffer.getLong(START_AT[slot]);
            if (candidate > found && buffer.getLong(START_AT[slot] + 8) == Checksum.mix(name, candidate)) {
                found = candidate;
                startSlot = slot;
            }
        }
        if (found == 0) {
            throw new DamagedException(file + " does not say any more where it starts");
        }
        start = found;
        long end = start;
        for (long place = 0; place < records; place++) {
            long last = buffer.getLong(at(place) + 32);
            if (last == 0) {
                continue;
            }
            long position = last >>> 8;
            if (position % records == place && isWhole(position)) {
                end = Math.max(end, position + 1);
            } else if (!powerLost) {
                throw new DamagedException(file + " has a damaged record at byte " + at(place));
            }
        }
        if (end - start > records) {
            throw new DamagedException(file + " holds records newer than its start allows");
        }
        next.set(end);
        List<Found.Entry> entries = new ArrayList<>();
        for (long position = start; position < end; position++) {
            int operation = operationAt(position);
            if (operation > 0 && operation < PART) {
                Found.Entry entry = entryAt(position, operation, end);
                if (entry != null) {
                    entries.add(entry);
                }
            }
        }
        return new Found(entries, clean, powerLost);
    }

    /** The operation at a position, 0 if there is no whole record of this round. */
    private int operationAt(long position) {
        long last = buffer.getLong(at(position) + 32);
        return last >>> 8 == position && isWhole(position) ? (int) (last & 0xff) : 0;
    }

    private Found.Entry entryAt(long position, int operation, long end) {
        int at = at(position);
        long id = buffer.getLong(at);
        long a = buffer.getLong(at + 8);
        long b = buffer.getLong(at + 16);
        if (operation < Operation.FIRST_BLOB) {
            return new Found.Entry(position, operation, id, a, b, null);
        }
        if (a < 0 || a > MAX_BLOB_BYTES || position + 1 + parts((int) a) > end) {
            return null; // the writer died before the parts were written
        }
        ByteBuffer blob = ByteBuffer.allocate(parts((int) a) * PART_BYTES);
        for (int part = 1; part <= parts((int) a); part++) {
            if (operationAt(position + part) != PART) {
                return null;
            }
            byte[] bytes = new byte[PART_BYTES];
            buffer.get(at(position + part), bytes);
            blob.put(bytes);
        }
        byte[] bytes = new byte[(int) a];
        blob.flip().get(bytes);
        return Checksum.of(bytes) == b ? new Found.Entry(position, operation, id, a, b, bytes) : null;
    }

    /** From now on this process writes: whoever finds the tail later knows that it was not closed. */
    void begin() {
        buffer.putLong(SESSION_AT, session(boot >>> 16));
        buffer.force();
    }

    long name() {
        return name;
    }

    long capacity() {
        return records;
    }

    /** The position the next record will have. */
    long next() {
        return next.get();
    }

    /** The first position that is still needed. */
    long start() {
        return start;
    }

    /** Leaves out positions that the database knows of and a loss of power took from here. */
    void skipTo(long position) {
        next.set(Math.max(next.get(), position));
    }

    /** Everything before is in the database, and forced. */
    void release(long position) {
        writeStart(position);
        start = position;
    }

    static int parts(int bytes) {
        return (bytes + PART_BYTES - 1) / PART_BYTES;
    }

    /** Claims consecutive positions. Returns the first, or 0 if there is no room. */
    long claim(int count) {
        while (true) {
            long position = next.get();
            if (position + count - start > records) {
                return 0;
            }
            if (next.compareAndSet(position, position + count)) {
                return position;
            }
        }
    }

    /** Fills a claimed position. */
    void write(long position, int operation, long id, long a, long b) {
        int at = at(position);
        long last = position << 8 | operation;
        LONGS.setVolatile(buffer, at + 32, 0L);
        buffer.putLong(at, id);
        buffer.putLong(at + 8, a);
        buffer.putLong(at + 16, b);
        buffer.putLong(at + 24, check(id, a, b, last));
        LONGS.setRelease(buffer, at + 32, last);
    }

    /** Fills one claimed position and as many after it as the bytes have {@linkplain #parts parts}. */
    void write(long position, int operation, long id, byte[] blob) {
        ByteBuffer padded =
                ByteBuffer.allocate(parts(blob.length) * PART_BYTES).put(blob).rewind();
        for (int part = 1; padded.hasRemaining(); part++) {
            write(position + part, PART, padded.getLong(), padded.getLong(), padded.getLong());
        }
        write(position, operation, id, blob.length, Checksum.of(blob));
    }

    /**
     * Returns when everything this thread has written is on the disk. Threads that ask while another's request is carried
     * out share the next one.
     */
    void force() {
        long mine = forceRequests.incrementAndGet();
        synchronized (forceLock) {
            if (forcedRequests < mine) {
                long all = forceRequests.get(); // who has counted himself has written before
                buffer.force();
                forcedRequests = all;
            }
        }
    }

    private boolean isWhole(long position) {
        int at = at(position);
        return buffer.getLong(at + 24)
                == check(buffer.getLong(at), buffer.getLong(at + 8), buffer.getLong(at + 16), buffer.getLong(at + 32));
    }

    private long check(long id, long a, long b, long last) {
        return Checksum.mix(Checksum.mix(Checksum.mix(Checksum.mix(name, id), a), b), last);
    }

    private int at(long position) {
        return HEADER_BYTES + (int) (position % records) * RECORD_BYTES;
    }

    private void writeStart(long position) {
        startSlot = 1 - startSlot;
        buffer.putLong(START_AT[startSlot], position);
        buffer.putLong(START_AT[startSlot] + 8, Checksum.mix(name, position));
    }

    private void writeHeader() {
        buffer.putLong(0, MAGIC).putLong(8, VERSION).putLong(16, records).putLong(24, name);
        buffer.putLong(32, headerCheck(buffer));
    }

    private static long headerCheck(ByteBuffer buffer) {
        Checksum sum = new Checksum(VERSION);
        for (int at = 0; at < 32; at += Long.BYTES) {
            sum.add(buffer.getLong(at));
        }
        return sum.value();
    }

    /** One word, so that it is never found half written. */
    private long session(long bits48) {
        return bits48 << 16 | (Checksum.mix(name, bits48) & 0xffff);
    }

    /** Marks the tail as closed in order, which it is only if everything was released. */
    void closeClean() throws IOException {
        buffer.putLong(SESSION_AT, session(0));
        buffer.force();
        close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
