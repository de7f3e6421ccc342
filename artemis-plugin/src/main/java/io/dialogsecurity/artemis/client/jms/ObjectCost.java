package io.dialogsecurity.artemis.client.jms;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectStreamConstants;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What it costs at most to make an object of its serialized form, found without making anything. A few bytes can name one
 * set a thousand times inside of others, and whoever makes them computes the hash of each of its ways: two references on
 * each of thirty levels are a thousand million. Neither depth nor number of references say so. So all of it is read first,
 * as a graph; then the hashes that are asked for while it is made, by sets, by maps of their keys, and by what reads its
 * parts in a way unknown here, are added up, each with every reference unfolded, see {@link HashCosts}. The sum has to be
 * in proportion to the bytes there are. What is only referred to costs nothing, however often it is.
 *
 * <p>Beside that, collections that are slow when the hashes of their content collide count for the square of those that do.
 *
 * <p>What cannot be read here is refused. One use, one thread.
 */
final class ObjectCost {

    /** Objects in objects, far from where a thread's stack ends. */
    static final int MOST_DEPTH = 1_000;

    /** Objects, because all of them are in memory while they are looked at. */
    private static final int MOST_PARTS = 4_000_000;

    /** Classes above one another, in descriptions of classes in one another. */
    private static final int MOST_CLASSES = 200;

    private static final long FREE = 1_000_000;
    private static final long PER_BYTE = 16;
    private static final long MOST = 32_000_000;

    /** Bytes of a string or an array of numbers that cost as much as an object. */
    private static final int BYTES_OF_ONE = 64;

    /** Walking a chain costs that much less, for each of its members, than hashing or making an object. */
    private static final int STEPS_OF_ONE = 8;

    private static final int IN_BLOCKS_OF_INT = Integer.BYTES;

    private static final String FIXED = "java.util.CollSer";
    private static final String CHAINS = "java.util.Hashtable";
    private static final String DATE = "java.util.Date";

    /** What is behind that number in the form of a fixed collection. */
    private static final int FIXED_MAP = 3;

    /** Ask for the hashes of all they hold. */
    private static final Set<String> SETS = Set.of("java.util.HashSet");

    /** Ask for the hashes of their keys. */
    private static final Set<String> MAPS =
            Set.of("java.util.HashMap", CHAINS, "java.util.concurrent.ConcurrentHashMap");

    /** Of the JDK's classes with a way of their own to read, those that ask for no hash and compare nothing. */
    private static final Set<String> PLAIN = Set.of(
            "java.util.ArrayList",
            "java.util.LinkedList",
            "java.util.Vector",
            "java.util.ArrayDeque",
            "java.util.TreeMap",
            "java.util.TreeSet",
            "java.util.EnumMap",
            "java.util.IdentityHashMap",
            "java.util.concurrent.ConcurrentLinkedDeque",
            "java.util.concurrent.ConcurrentLinkedQueue",
            "java.util.concurrent.CopyOnWriteArrayList",
            "java.util.concurrent.CopyOnWriteArraySet",
            "java.util.concurrent.LinkedBlockingDeque",
            "java.util.concurrent.LinkedBlockingQueue");

    private static final String WRAPPERS = "java.util.Collections$";

    /** A class, as the stream describes it. */
    static final class Description {
        private final String name;
        private final StringBuilder fields = new StringBuilder();
        private int flags;
        private int primitiveBytes;
        private int references;
        private Description parent;
        private Class<?> type;
        private boolean typeKnown;

        private Description(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }

        /** Types and names of its fields. */
        String fields() {
            return fields.toString();
        }

        /** The class of that name here; null if there is none. */
        Class<?> type() {
            if (!typeKnown) {
                typeKnown = true;
                type = TrustedObjects.find(name);
            }
            return type;
        }

        ClassTraits traits() {
            return ClassTraits.of(type());
        }
    }

    /** Parts whose hashes are asked for, or that are compared, when something is made; and what collides among them. */
    private record Asked(List<ObjectPart> parts, Collisions collisions, int room) {}

    private enum Collisions {
        /** Nothing is looked for. */
        NONE,
        /** Are in trees, which help where there is an order. */
        TREES,
        /** Are in chains, one for each place of the table. */
        CHAINS,
        /** Take the next place that is free. */
        NEIGHBOURS
    }

    private final byte[] serialized;
    private final DataInputStream in;
    private final long affordable;
    private final List<Object> handles = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private final KnownHash hashes;
    private int parts;
    private long cost;
    private int depth;
    private int classes;

    private ObjectCost(byte[] serialized) {
        this.serialized = serialized;
        this.in = new DataInputStream(new ByteArrayInputStream(serialized));
        this.affordable = Math.min(FREE + PER_BYTE * serialized.length, MOST);
        this.hashes = new KnownHash(serialized);
    }

    /**
     * Requires that making the object costs no more than its bytes are worth.
     *
     * @throws TooExpensiveException if it costs more
     * @throws IOException if it cannot be read
     */
    static void require(byte[] serialized) throws IOException {
        ObjectCost object = new ObjectCost(serialized);
        object.read();
        object.judge();
    }

    /** Making the object takes more than its bytes are worth. */
    static final class TooExpensiveException extends InvalidObjectException {
        private static final long serialVersionUID = 1L;

        private TooExpensiveException(String reason) {
            super(reason);
        }
    }

    private void read() throws IOException {
        if (in.readShort() != ObjectStreamConstants.STREAM_MAGIC
                || in.readShort() != ObjectStreamConstants.STREAM_VERSION) {
            throw new StreamCorruptedException("It is not a serialized object");
        }
        content(in.readByte());
    }

    // --- What is asked for

    private void judge() throws TooExpensiveException {
        HashCosts costs = new HashCosts(parts);
        List<ObjectPart> all = new ArrayList<>();
        for (Asked one : asked) {
            for (ObjectPart part : one.parts) {
                if (part != null) {
                    all.add(part);
                }
            }
        }
        costs.look(all);
        for (Asked one : asked) {
            for (ObjectPart part : one.parts) {
                pay(costs.of(part));
            }
            switch (one.collisions) {
                case TREES -> {
                    List<ObjectPart> unordered = one.parts.stream()
                            .filter(part -> part != null && !part.isOrdered() && !part.isIdentity())
                            .toList();
                    payForEqual(unordered, costs);
                }
                case CHAINS -> {
                    payForEqual(one.parts, costs);
                    payForPlaces(one);
                }
                case NEIGHBOURS -> {
                    payForEqual(one.parts, costs);
                    payForNeighbours(one);
                }
                default -> {
                    // none
                }
            }
        }
    }

    private void pay(long what) throws TooExpensiveException {
        cost = Math.min(cost + what, HashCosts.ENDLESS);
        if (cost > affordable) {
            throw new TooExpensiveException("It is made of " + serialized.length
                    + " bytes, but names its parts so often in one another that making it takes too long");
        }
    }

    /** Those with one hash are compared with one another; those whose hash is unknown may have the same. */
    private void payForEqual(List<ObjectPart> keys, HashCosts costs) throws TooExpensiveException {
        Map<OptionalInt, long[]> groups = new HashMap<>();
        for (ObjectPart key : keys) {
            long[] group = groups.computeIfAbsent(hashes.of(key), ignored -> new long[2]);
            group[0]++;
            group[1] += costs.of(key);
        }
        for (long[] group : groups.values()) {
            if (group[0] > 1) {
                pay(group[0] * group[1] / STEPS_OF_ONE);
            }
        }
    }

    /** Those in one place of a table are asked one after another. */
    private void payForPlaces(Asked table) throws TooExpensiveException {
        Map<Integer, Integer> places = new HashMap<>();
        for (ObjectPart key : table.parts) {
            OptionalInt hash = hashes.of(key);
            int place = hash.isEmpty() ? -1 : (hash.getAsInt() & Integer.MAX_VALUE) % table.room;
            places.merge(place, 1, Integer::sum);
        }
        for (long number : places.values()) {
            pay(number * number / 2 / STEPS_OF_ONE);
        }
    }

    /** As a fixed collection does it: from the place of its hash to the next that is free. */
    private void payForNeighbours(Asked table) throws TooExpensiveException {
        boolean[] taken = new boolean[table.room];
        for (ObjectPart key : table.parts) {
            OptionalInt hash = hashes.of(key);
            long steps = 0;
            int place = hash.isEmpty() ? 0 : Math.floorMod(hash.getAsInt(), taken.length);
            while (taken[place]) {
                place = (place + 1) % taken.length;
                steps++;
                if (steps % STEPS_OF_ONE == 0) {
                    pay(1);
                }
            }
            taken[place] = true;
        }
    }

    // --- The graph

    private ObjectPart content(byte type) throws IOException {
        if (++depth > MOST_DEPTH) {
            throw new TooExpensiveException("It has more than " + MOST_DEPTH + " objects in one another");
        }
        ObjectPart part = switch (type) {
            case ObjectStreamConstants.TC_NULL -> null;
            case ObjectStreamConstants.TC_REFERENCE -> reference();
            case ObjectStreamConstants.TC_OBJECT -> object();
            case ObjectStreamConstants.TC_STRING -> shortText();
            case ObjectStreamConstants.TC_LONGSTRING -> longText();
            case ObjectStreamConstants.TC_ARRAY -> array();
            case ObjectStreamConstants.TC_ENUM -> constant();
            case ObjectStreamConstants.TC_CLASS -> ofClass();
            default -> throw new StreamCorruptedException("It has an element of type " + type);
        };
        depth--;
        return part;
    }

    private ObjectPart next() throws IOException {
        return content(in.readByte());
    }

    private ObjectPart reference() throws IOException {
        Object referred = handle();
        return referred instanceof ObjectPart part ? part : ObjectPart.single(newPart(), (Description) referred);
    }

    private Object handle() throws IOException {
        int index = in.readInt() - ObjectStreamConstants.baseWireHandle;
        if (index < 0 || index >= handles.size()) {
            throw new StreamCorruptedException("It refers to what is not there");
        }
        return handles.get(index);
    }

    /** The number of a part that is new. */
    private int newPart() throws TooExpensiveException {
        if (parts == MOST_PARTS) {
            throw new TooExpensiveException("It is made of more than " + MOST_PARTS + " objects");
        }
        return parts++;
    }

    private ObjectPart remember(ObjectPart part) {
        handles.add(part);
        return part;
    }

    private int position() throws IOException {
        return serialized.length - in.available();
    }

    private ObjectPart shortText() throws IOException {
        ObjectPart part = remember(ObjectPart.text(newPart()));
        part.contentAt = position();
        part.contentBytes = in.readUnsignedShort();
        skip(part.contentBytes);
        part.own += part.contentBytes / BYTES_OF_ONE;
        return part;
    }

    private ObjectPart longText() throws IOException {
        ObjectPart part = remember(ObjectPart.text(newPart()));
        long length = in.readLong();
        skip(length);
        part.own += length / BYTES_OF_ONE;
        return part;
    }

    private ObjectPart constant() throws IOException {
        Description description = requireDescription();
        ObjectPart part = remember(ObjectPart.single(newPart(), description));
        next();
        return part;
    }

    private ObjectPart ofClass() throws IOException {
        return remember(ObjectPart.single(newPart(), requireDescription()));
    }

    private ObjectPart array() throws IOException {
        Description description = requireDescription();
        ObjectPart part = remember(ObjectPart.array(newPart(), description));
        int length = in.readInt();
        if (length < 0 || description.name.length() < 2) {
            throw new StreamCorruptedException("It has an array of a wrong length");
        }
        char element = description.name.charAt(1);
        if (element == 'L' || element == '[') {
            for (int i = 0; i < length; i++) {
                part.add(next(), description, false);
            }
        } else {
            long bytes = (long) length * primitiveBytes(element);
            if (element == 'B') {
                part.contentAt = position();
                part.contentBytes = length;
            }
            skip(bytes);
            part.own += bytes / BYTES_OF_ONE;
        }
        return part;
    }

    private ObjectPart object() throws IOException {
        Description description = requireDescription();
        ObjectPart part = remember(ObjectPart.object(newPart(), description));
        List<Description> chain = new ArrayList<>();
        for (Description next = description; next != null; next = next.parent) {
            chain.add(next);
        }
        Collections.reverse(chain);
        for (Description next : chain) {
            data(part, next);
        }
        if (description.traits().resolved() && !isPlain(description.name) && !description.name.equals(FIXED)) {
            ask(part.followed(), Collisions.NONE, 0);
            ask(part.parts(), Collisions.NONE, 0);
        }
        return part;
    }

    private void ask(List<ObjectPart> of, Collisions collisions, int room) {
        if (!of.isEmpty()) {
            asked.add(new Asked(of, collisions, room));
        }
    }

    private static boolean isPlain(String name) {
        return PLAIN.contains(name) || name.startsWith(WRAPPERS);
    }

    private void data(ObjectPart part, Description level) throws IOException {
        List<ObjectPart> read = new ArrayList<>(level.references);
        List<ObjectPart> content = List.of();
        byte[] fields = ObjectPart.NONE;
        Blocks blocks = new Blocks();
        if ((level.flags & ObjectStreamConstants.SC_SERIALIZABLE) != 0) {
            fields = bytes(level.primitiveBytes);
            for (int i = 0; i < level.references; i++) {
                read.add(next());
            }
            if ((level.flags & ObjectStreamConstants.SC_WRITE_METHOD) != 0) {
                content = annotation(blocks);
            }
        } else if ((level.flags & ObjectStreamConstants.SC_EXTERNALIZABLE) != 0) {
            if ((level.flags & ObjectStreamConstants.SC_BLOCK_DATA) == 0) {
                throw new StreamCorruptedException(level.name + " is written in a form of long ago");
            }
            content = annotation(blocks);
        }
        read.forEach(one -> part.add(one, level, false));
        for (ObjectPart one : content) {
            part.add(one, level, true);
        }
        if (level == part.description) {
            part.fields = fields;
            part.block = blocks.first;
            part.moreBlocks = blocks.more;
        } else if (level.name.equals(DATE)) {
            part.dateAbove = part.dateAbove == null && !blocks.more ? blocks.first : new byte[0];
        }
        making(part, level, fields, blocks, read, content);
    }

    /** What a class asks for when it reads its part of an object. */
    private void making(
            ObjectPart part,
            Description level,
            byte[] fields,
            Blocks blocks,
            List<ObjectPart> read,
            List<ObjectPart> content) {
        if (SETS.contains(level.name)) {
            ask(content, Collisions.TREES, 0);
        } else if (level.name.equals(CHAINS)) {
            boolean chained = !part.description.traits().properties();
            ask(keys(content), chained ? Collisions.CHAINS : Collisions.TREES, roomOfTable(level, fields, blocks));
        } else if (MAPS.contains(level.name)) {
            ask(keys(content), Collisions.TREES, 0);
        } else if (level.name.equals(FIXED)) {
            fixed(part, content);
        } else if (!isPlain(level.name) && ClassTraits.reads(level.type())) {
            ask(read, Collisions.NONE, 0);
            ask(content, Collisions.NONE, 0);
            ask(content, Collisions.NONE, 0); // it may compare each with two others
        }
    }

    private void fixed(ObjectPart part, List<ObjectPart> content) {
        if (!KnownHash.isList(part)) {
            List<ObjectPart> hashed = KnownHash.tag(part) == FIXED_MAP ? keys(content) : content;
            ask(hashed, Collisions.NEIGHBOURS, Math.max(2 * hashed.size(), 1));
        }
    }

    /** As many places as a {@code Hashtable} makes; one where its form is not the ordinary one. */
    private static int roomOfTable(Description level, byte[] fields, Blocks blocks) {
        if (!level.fields().equals("FloadFactor;Ithreshold;") || blocks.first.length < 2 * IN_BLOCKS_OF_INT) {
            return 1;
        }
        float load = Math.min(Math.max(0.25f, ByteBuffer.wrap(fields).getFloat()), 4.0f);
        int before = ByteBuffer.wrap(blocks.first).getInt();
        int elements = ByteBuffer.wrap(blocks.first).getInt(IN_BLOCKS_OF_INT);
        int length = (int) ((elements + elements / 20) / load) + 3;
        if (length > elements && (length & 1) == 0) {
            length--;
        }
        return Math.max(1, Math.min(length, Math.max(before, (int) (elements / load) + 1)));
    }

    private static List<ObjectPart> keys(List<ObjectPart> keysAndValues) {
        List<ObjectPart> keys = new ArrayList<>(keysAndValues.size() / 2 + 1);
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            keys.add(keysAndValues.get(i));
        }
        return keys;
    }

    /** What a class has written beside objects. */
    private static final class Blocks {
        private byte[] first = ObjectPart.NONE;
        private boolean more;
    }

    /** The objects a class has written in its own way. */
    private List<ObjectPart> annotation(Blocks blocks) throws IOException {
        List<ObjectPart> objects = new ArrayList<>();
        boolean first = true;
        for (byte type = in.readByte(); type != ObjectStreamConstants.TC_ENDBLOCKDATA; type = in.readByte()) {
            if (type != ObjectStreamConstants.TC_BLOCKDATA && type != ObjectStreamConstants.TC_BLOCKDATALONG) {
                objects.add(content(type));
            } else if (first && type == ObjectStreamConstants.TC_BLOCKDATA) {
                blocks.first = bytes(in.readUnsignedByte());
                first = false;
            } else {
                skip(type == ObjectStreamConstants.TC_BLOCKDATA ? in.readUnsignedByte() : in.readInt());
                blocks.more = true;
            }
        }
        return objects;
    }

    private byte[] bytes(int length) throws IOException {
        if (length > in.available()) {
            throw new EOFException("It ends early");
        }
        return in.readNBytes(length);
    }

    private Description requireDescription() throws IOException {
        Description description = description();
        if (description == null) {
            throw new StreamCorruptedException("It has an object without a class");
        }
        return description;
    }

    private Description description() throws IOException {
        if (++classes > MOST_CLASSES) {
            throw new TooExpensiveException("It has more than " + MOST_CLASSES + " classes above one another");
        }
        byte type = in.readByte();
        Description description = switch (type) {
            case ObjectStreamConstants.TC_NULL -> null;
            case ObjectStreamConstants.TC_REFERENCE -> knownDescription();
            case ObjectStreamConstants.TC_CLASSDESC -> newDescription();
            case ObjectStreamConstants.TC_PROXYCLASSDESC -> newProxy();
            default -> throw new StreamCorruptedException("It has an element of type " + type);
        };
        classes--;
        return description;
    }

    private Description knownDescription() throws IOException {
        if (handle() instanceof Description description) {
            return description;
        }
        throw new StreamCorruptedException("It refers to a class that is none");
    }

    private Description newDescription() throws IOException {
        Description description = new Description(in.readUTF());
        in.readLong();
        handles.add(description);
        description.flags = in.readUnsignedByte();
        int fields = in.readUnsignedShort();
        for (int i = 0; i < fields; i++) {
            char type = (char) in.readUnsignedByte();
            description.fields.append(type).append(in.readUTF()).append(';');
            if (type == 'L' || type == '[') {
                next();
                description.references++;
            } else if (description.references > 0) {
                throw new StreamCorruptedException("The fields of " + description.name + " are in a wrong order");
            } else {
                description.primitiveBytes += primitiveBytes(type);
            }
        }
        annotation(new Blocks());
        description.parent = description();
        return description;
    }

    private Description newProxy() throws IOException {
        Description description = new Description("");
        handles.add(description);
        description.flags = ObjectStreamConstants.SC_SERIALIZABLE;
        int interfaces = in.readInt();
        for (int i = 0; i < interfaces; i++) {
            in.readUTF();
        }
        annotation(new Blocks());
        description.parent = description();
        return description;
    }

    private static int primitiveBytes(char type) throws StreamCorruptedException {
        return switch (type) {
            case 'B', 'Z' -> 1;
            case 'C', 'S' -> 2;
            case 'I', 'F' -> 4;
            case 'J', 'D' -> 8;
            default -> throw new StreamCorruptedException("It has a field of type " + type);
        };
    }

    private void skip(long bytes) throws IOException {
        if (bytes < 0 || bytes > in.available()) {
            throw new EOFException("It ends early");
        }
        in.skipNBytes(bytes);
    }
}
