package io.dialogsecurity.artemis.client.jms;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** An object of a serialized graph, an array, a text, or whatever else a reference may lead to. One thread. */
final class ObjectPart {

    /** Nothing: there are millions of parts that have none of this. */
    static final byte[] NONE = {};

    private static final String WRAPPERS = "java.util.Collections$";

    final int index;
    /** Of its class and those above; null of a text. */
    final ObjectCost.Description description;

    final boolean array;
    /** Neither an array nor a text nor what is told apart by identity. */
    private final ClassTraits traits;
    /** What asking for its own hash costs, without its parts. */
    long own = 1;
    /** What its class has read, null where that refers to nothing; what the classes above have read is not among it. */
    private List<ObjectPart> parts = List.of();
    /** What it refers to, but for the arrays a collection holds, which are told apart by identity. */
    private List<ObjectPart> hashed = List.of();
    /** The primitive fields of its class, in the order of the stream. */
    byte[] fields = NONE;
    /** What its class has written first beside objects; and whether it has written more. */
    byte[] block = NONE;

    boolean moreBlocks;
    /** What {@code java.util.Date} has written, of classes below it; null of others. */
    byte[] dateAbove;

    /** Where the content of a text, or of an array of bytes, is in the stream; -1 of others. */
    int contentAt = -1;

    int contentBytes;

    private ObjectPart(int index, ObjectCost.Description description, ClassTraits traits, boolean array) {
        this.index = index;
        this.description = description;
        this.traits = traits;
        this.array = array;
    }

    static ObjectPart object(int index, ObjectCost.Description description) {
        return new ObjectPart(index, description, description.traits(), false);
    }

    static ObjectPart array(int index, ObjectCost.Description description) {
        return new ObjectPart(index, description, null, true);
    }

    /** A text. */
    static ObjectPart text(int index) {
        return new ObjectPart(index, null, null, false);
    }

    /** A class or a constant of one, of which there is only one. */
    static ObjectPart single(int index, ObjectCost.Description description) {
        return new ObjectPart(index, description, null, false);
    }

    boolean isText() {
        return description == null;
    }

    /** Told apart by identity where it is among the parts of a collection. */
    boolean isIdentity() {
        return !isText() && (traits == null || traits.identity());
    }

    boolean isOrdered() {
        return isText()
                || (traits != null && traits.ordered())
                || (KnownHash.isTime(this) && KnownHash.isOrderedTime(this));
    }

    boolean leavesOut() {
        return traits != null && traits.leavesOut();
    }

    boolean named(String name) {
        return description != null && !array && description.name().equals(name);
    }

    /**
     * @param level the class that has read it
     * @param content whether it is none of the fields, but what the class has written in its own way
     */
    void add(ObjectPart part, ObjectCost.Description level, boolean content) {
        if (level == description) {
            parts = with(parts, part);
        }
        if (part != null && !(content && part.array && traits.passesArrays())) {
            hashed = with(hashed, part);
        }
    }

    private static List<ObjectPart> with(List<ObjectPart> some, ObjectPart one) {
        List<ObjectPart> all = some.isEmpty() ? new ArrayList<>(2) : some;
        all.add(one);
        return all;
    }

    List<ObjectPart> parts() {
        return parts;
    }

    /** Those among its parts whose hashes its own is made of. */
    List<ObjectPart> followed() {
        if (isText() || (!array && isIdentity())) {
            return List.of();
        }
        if (array || !description.name().startsWith(WRAPPERS)) {
            return hashed;
        }
        // What a wrapper of the JDK wraps is in several of its fields, and it may be its own lock.
        Set<ObjectPart> once = new LinkedHashSet<>(hashed);
        once.remove(this);
        return List.copyOf(once);
    }
}
