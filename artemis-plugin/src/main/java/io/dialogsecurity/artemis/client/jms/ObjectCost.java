package io.dialogsecurity.artemis.client.jms;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectStreamConstants;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What it costs at most to make an object of its serialized form, found without making anything. A few bytes can name one
 * set a thousand times inside of others, and whoever makes them computes the hash of each of its ways: two references on
 * each of thirty levels are a thousand million. Neither depth nor number of references say so; the size of the graph with
 * every reference unfolded does. It is computed here for each object, and their sum has to be in proportion to the bytes
 * there are. What is in proportion ends as soon as it is read.
 *
 * <p>Beside that, collections that are slow when the hashes of their content collide count for the square of it.
 *
 * <p>What cannot be read here is refused. One use, one thread.
 */
final class ObjectCost {

    /** Objects in objects, far from where a thread's stack ends. */
    private static final int MOST_DEPTH = 1_000;

    /** Classes above one another, in descriptions of classes in one another. */
    private static final int MOST_CLASSES = 200;

    private static final long FREE = 1_000_000;
    private static final long PER_BYTE = 16;
    private static final long MOST = 32_000_000;

    /** Bytes of a string or an array of numbers that cost as much as an object. */
    private static final int BYTES_OF_ONE = 64;

    /** Walking a chain costs that much less, for each of its members, than hashing or making an object. */
    private static final int STEPS_OF_ONE = 8;

    /** Walk through all that collides, whatever it is. */
    private static final Set<String> CHAINS = Set.of("java.util.Hashtable", "java.util.CollSer");

    /** Walk through what collides only if its class has no natural order of its own. */
    private static final Set<String> TREES = Set.of("java.util.HashMap", "java.util.HashSet");

    private static final Set<String> KEYS_AND_VALUES = Set.of("java.util.Hashtable", "java.util.HashMap");

    private static final Set<String> ORDERED = Set.of("java.util.UUID", "java.util.Date");

    /** An object, or whatever else a reference may lead to. */
    private static final class Node {
        private final Description description;
        /** Of this and all it leads to, each reference unfolded, as far as it has been read. */
        private long weight = 1;

        private Node(Description description) {
            this.description = description;
        }

        private void add(long more) {
            weight = Math.min(weight + more, MOST + 1);
        }

        /** Whether two of a hash table that collide are told apart by one comparison. */
        private boolean ordered() {
            if (description == null) {
                return true;
            }
            String name = description.name;
            return ORDERED.contains(name) || !(name.startsWith("java.util.") || name.startsWith("java.time."));
        }
    }

    /** A class, as the stream describes it. */
    private static final class Description {
        private final String name;
        private int flags;
        private int primitiveBytes;
        private int references;
        private Description parent;

        private Description(String name) {
            this.name = name;
        }
    }

    private final byte[] serialized;
    private final DataInputStream in;
    private final long affordable;
    private final List<Object> handles = new ArrayList<>();
    private long cost;
    private int depth;
    private int classes;

    private ObjectCost(byte[] serialized) {
        this.serialized = serialized;
        this.in = new DataInputStream(new ByteArrayInputStream(serialized));
        this.affordable = Math.min(FREE + PER_BYTE * serialized.length, MOST);
    }

    /**
     * Requires that making the object costs no more than its bytes are worth.
     *
     * @throws TooExpensiveException if it costs more
     * @throws IOException if it cannot be read
     */
    static void require(byte[] serialized) throws IOException {
        new ObjectCost(serialized).read();
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

    private void pay(long what) throws TooExpensiveException {
        cost += what;
        if (cost > affordable) {
            throw new TooExpensiveException("It is made of " + serialized.length
                    + " bytes, but names its parts so often in one another that making it takes too long");
        }
    }

    private Node content(byte type) throws IOException {
        if (++depth > MOST_DEPTH) {
            throw new TooExpensiveException("It has more than " + MOST_DEPTH + " objects in one another");
        }
        Node node = switch (type) {
            case ObjectStreamConstants.TC_NULL -> null;
            case ObjectStreamConstants.TC_REFERENCE -> reference();
            case ObjectStreamConstants.TC_OBJECT -> object();
            case ObjectStreamConstants.TC_STRING -> text(in.readUnsignedShort());
            case ObjectStreamConstants.TC_LONGSTRING -> text(in.readLong());
            case ObjectStreamConstants.TC_ARRAY -> array();
            case ObjectStreamConstants.TC_ENUM -> constant();
            case ObjectStreamConstants.TC_CLASS -> ofClass();
            default -> throw new StreamCorruptedException("It has an element of type " + type);
        };
        depth--;
        return node;
    }

    private Node next() throws IOException {
        return content(in.readByte());
    }

    private Node reference() throws IOException {
        return handle() instanceof Node node ? node : new Node(null);
    }

    private Object handle() throws IOException {
        int index = in.readInt() - ObjectStreamConstants.baseWireHandle;
        if (index < 0 || index >= handles.size()) {
            throw new StreamCorruptedException("It refers to what is not there");
        }
        return handles.get(index);
    }

    private Node remember(Description description) {
        Node node = new Node(description);
        handles.add(node);
        return node;
    }

    private void finished(Node node) throws IOException {
        pay(node.weight);
    }

    private static void lead(Node from, Node to) {
        if (to != null) {
            from.add(to.weight);
        }
    }

    private Node text(long length) throws IOException {
        Node node = remember(null);
        skip(length);
        node.add(length / BYTES_OF_ONE);
        finished(node);
        return node;
    }

    private Node constant() throws IOException {
        Description description = description();
        Node node = remember(description);
        lead(node, next());
        finished(node);
        return node;
    }

    private Node ofClass() throws IOException {
        description();
        Node node = remember(null);
        finished(node);
        return node;
    }

    private Node array() throws IOException {
        Description description = requireDescription();
        Node node = remember(null);
        int length = in.readInt();
        if (length < 0 || description.name.length() < 2) {
            throw new StreamCorruptedException("It has an array of a wrong length");
        }
        char element = description.name.charAt(1);
        if (element == 'L' || element == '[') {
            for (int i = 0; i < length; i++) {
                lead(node, next());
            }
        } else {
            long bytes = (long) length * primitiveBytes(element);
            skip(bytes);
            node.add(bytes / BYTES_OF_ONE);
        }
        finished(node);
        return node;
    }

    private Node object() throws IOException {
        Description description = requireDescription();
        Node node = remember(description);
        List<Description> chain = new ArrayList<>();
        for (Description next = description; next != null; next = next.parent) {
            chain.add(0, next);
        }
        for (Description next : chain) {
            data(node, next);
        }
        finished(node);
        return node;
    }

    private void data(Node node, Description description) throws IOException {
        if ((description.flags & ObjectStreamConstants.SC_SERIALIZABLE) != 0) {
            skip(description.primitiveBytes);
            for (int i = 0; i < description.references; i++) {
                lead(node, next());
            }
            if ((description.flags & ObjectStreamConstants.SC_WRITE_METHOD) != 0) {
                annotation(node, description.name);
            }
        } else if ((description.flags & ObjectStreamConstants.SC_EXTERNALIZABLE) != 0) {
            if ((description.flags & ObjectStreamConstants.SC_BLOCK_DATA) == 0) {
                throw new StreamCorruptedException(description.name + " is written in a form of long ago");
            }
            annotation(node, description.name);
        }
    }

    /** What a class has written in its own way. */
    private void annotation(Node node, String owner) throws IOException {
        boolean chained = CHAINS.contains(owner);
        boolean tree = TREES.contains(owner);
        boolean pairs = KEYS_AND_VALUES.contains(owner);
        long count = 0;
        long colliding = 0;
        for (byte type = in.readByte(); type != ObjectStreamConstants.TC_ENDBLOCKDATA; type = in.readByte()) {
            if (type == ObjectStreamConstants.TC_BLOCKDATA) {
                skip(in.readUnsignedByte());
            } else if (type == ObjectStreamConstants.TC_BLOCKDATALONG) {
                skip(in.readInt());
            } else {
                Node content = content(type);
                lead(node, content);
                boolean key = !pairs || count % 2 == 0;
                if (key && (chained || (tree && content != null && !content.ordered()))) {
                    colliding++;
                }
                count++;
            }
        }
        pay(colliding * colliding / STEPS_OF_ONE);
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
            in.readUTF();
            if (type == 'L' || type == '[') {
                next();
                description.references++;
            } else if (description.references > 0) {
                throw new StreamCorruptedException("The fields of " + description.name + " are in a wrong order");
            } else {
                description.primitiveBytes += primitiveBytes(type);
            }
        }
        annotation(new Node(null), "");
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
        annotation(new Node(null), "");
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
