package io.dialogsecurity.artemis.client.jms;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamConstants;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The hash an object will have, told by its serialized form. Only where nothing in the form can make it another one: the
 * descriptions of classes in a stream are its writer's, and what they name otherwise is left out when the object is made.
 */
final class KnownHash {

    private static final int MOST_DEPTH = 32;

    private static final String NUMBER = "java.math.BigInteger";

    private static final int NANOS_OF_A_MILLISECOND = 1_000_000;

    private static final String TIME = "java.time.Ser";

    /** Of {@code java.time}, by their numbers there: regions and periods, which have no order. */
    private static final List<Byte> UNORDERED_TIMES = List.of((byte) 7, (byte) 14);

    /** What the classes whose fields are read here say of themselves. */
    private static final Map<String, String> FIELDS = Map.ofEntries(
            Map.entry("java.lang.Integer", "Ivalue;"),
            Map.entry("java.lang.Long", "Jvalue;"),
            Map.entry("java.lang.Short", "Svalue;"),
            Map.entry("java.lang.Byte", "Bvalue;"),
            Map.entry("java.lang.Character", "Cvalue;"),
            Map.entry("java.lang.Double", "Dvalue;"),
            Map.entry("java.lang.Float", "Fvalue;"),
            Map.entry("java.lang.Boolean", "Zvalue;"),
            Map.entry("java.math.BigDecimal", "Iscale;LintVal;"),
            Map.entry(NUMBER, "IbitCount;IbitLength;IfirstNonzeroByteNum;IlowestSetBit;Isignum;[magnitude;"),
            Map.entry("java.util.UUID", "JleastSigBits;JmostSigBits;"),
            Map.entry("java.util.Date", ""),
            Map.entry("java.sql.Date", ""),
            Map.entry("java.sql.Time", ""),
            Map.entry("java.sql.Timestamp", "Inanos;"),
            Map.entry("java.util.ArrayList", "Isize;"),
            Map.entry("java.util.CollSer", "Itag;"),
            Map.entry("java.util.Arrays$ArrayList", "[a;"),
            Map.entry(TIME, ""));

    private final byte[] serialized;

    KnownHash(byte[] serialized) {
        this.serialized = serialized;
    }

    /** @param part null of what refers to nothing */
    OptionalInt of(ObjectPart part) {
        try {
            return of(part, MOST_DEPTH);
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            return OptionalInt.empty();
        }
    }

    private OptionalInt of(ObjectPart part, int depth) throws IOException, ClassNotFoundException {
        if (part == null) {
            return OptionalInt.of(0);
        }
        if (depth == 0) {
            return OptionalInt.empty();
        }
        if (part.isText()) {
            return text(part);
        }
        String name = part.description.name();
        if (part.isIdentity() || !ClassTraits.isOfTheJdk(name)) {
            // Any: who sends it does not know it, or the application has to judge what is its own.
            return OptionalInt.of(part.index * 0x9E37_79B9);
        }
        if (!part.description.fields().equals(FIELDS.get(name))) {
            return OptionalInt.empty();
        }
        ByteBuffer fields = ByteBuffer.wrap(part.fields);
        return switch (name) {
            case "java.lang.Integer" -> OptionalInt.of(fields.getInt());
            case "java.lang.Long" -> OptionalInt.of(Long.hashCode(fields.getLong()));
            case "java.lang.Short" -> OptionalInt.of(fields.getShort());
            case "java.lang.Byte" -> OptionalInt.of(fields.get());
            case "java.lang.Character" -> OptionalInt.of(fields.getChar());
            case "java.lang.Double" -> OptionalInt.of(Double.hashCode(fields.getDouble()));
            case "java.lang.Float" -> OptionalInt.of(Float.hashCode(fields.getFloat()));
            case "java.lang.Boolean" -> OptionalInt.of(Boolean.hashCode(fields.get() != 0));
            case NUMBER -> OptionalInt.of(number(part).hashCode());
            case "java.math.BigDecimal" ->
                OptionalInt.of(new BigDecimal(number(part.parts().get(0)), fields.getInt()).hashCode());
            case "java.util.Date" -> part.moreBlocks ? OptionalInt.empty() : moment(part.block, 0);
            case "java.sql.Date", "java.sql.Time" -> moment(part.dateAbove, 0);
            case "java.sql.Timestamp" -> moment(part.dateAbove, fields.getInt() / NANOS_OF_A_MILLISECOND);
            case "java.util.UUID" -> OptionalInt.of(Long.hashCode(fields.getLong(0) ^ fields.getLong(Long.BYTES)));
            case "java.util.ArrayList" -> list(part.parts(), fields.getInt(), depth);
            case "java.util.CollSer" ->
                isList(part) && !part.moreBlocks
                        ? list(part.parts(), ByteBuffer.wrap(part.block).getInt(), depth)
                        : OptionalInt.empty();
            case "java.util.Arrays$ArrayList" ->
                part.parts().get(0) != null && part.parts().get(0).array
                        ? list(
                                part.parts().get(0).parts(),
                                part.parts().get(0).parts().size(),
                                depth)
                        : OptionalInt.empty();
            default -> time(part);
        };
    }

    /** Of a collection that cannot be changed, whose form says by a number which it is. */
    static boolean isList(ObjectPart part) {
        int tag = tag(part);
        return tag == 1 || tag == 4;
    }

    static int tag(ObjectPart part) {
        return part.fields.length < 4 ? 0 : ByteBuffer.wrap(part.fields).getInt() & 0xFF;
    }

    static boolean isTime(ObjectPart part) {
        return part.named(TIME);
    }

    static boolean isOrderedTime(ObjectPart part) {
        return part.block.length > 0 && !UNORDERED_TIMES.contains(part.block[0]);
    }

    private OptionalInt list(List<ObjectPart> elements, int size, int depth)
            throws IOException, ClassNotFoundException {
        if (size != elements.size()) {
            return OptionalInt.empty();
        }
        int hash = 1;
        for (ObjectPart element : elements) {
            OptionalInt one = of(element, depth - 1);
            if (one.isEmpty()) {
                return one;
            }
            hash = 31 * hash + one.getAsInt();
        }
        return OptionalInt.of(hash);
    }

    private static OptionalInt moment(byte[] written, int more) {
        return OptionalInt.of(Long.hashCode(ByteBuffer.wrap(written).getLong() + more));
    }

    private BigInteger number(ObjectPart part) {
        if (!part.named(NUMBER) || !part.description.fields().equals(FIELDS.get(part.description.name()))) {
            throw new IllegalArgumentException("It is no number");
        }
        ObjectPart magnitude = part.parts().get(0);
        int sign = ByteBuffer.wrap(part.fields).getInt(4 * Integer.BYTES);
        return new BigInteger(sign, serialized, magnitude.contentAt, magnitude.contentBytes);
    }

    private OptionalInt text(ObjectPart part) throws IOException {
        if (part.contentAt < 0) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(new DataInputStream(
                        new ByteArrayInputStream(serialized, part.contentAt, Short.BYTES + part.contentBytes))
                .readUTF()
                .hashCode());
    }

    /** A moment, a date, …: it is small, and made of nothing else. */
    private static OptionalInt time(ObjectPart part) throws IOException, ClassNotFoundException {
        if (part.moreBlocks || !part.parts().isEmpty() || part.block.length > 0xFF) {
            return OptionalInt.empty();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(ObjectStreamConstants.STREAM_MAGIC);
        out.writeShort(ObjectStreamConstants.STREAM_VERSION);
        out.writeByte(ObjectStreamConstants.TC_OBJECT);
        out.writeByte(ObjectStreamConstants.TC_CLASSDESC);
        out.writeUTF(TIME);
        out.writeLong(ObjectStreamClass.lookup(part.description.type()).getSerialVersionUID());
        out.writeByte(ObjectStreamConstants.SC_EXTERNALIZABLE | ObjectStreamConstants.SC_BLOCK_DATA);
        out.writeShort(0);
        out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
        out.writeByte(ObjectStreamConstants.TC_NULL);
        out.writeByte(ObjectStreamConstants.TC_BLOCKDATA);
        out.writeByte(part.block.length);
        out.write(part.block);
        out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return OptionalInt.of(in.readObject().hashCode());
        }
    }
}
