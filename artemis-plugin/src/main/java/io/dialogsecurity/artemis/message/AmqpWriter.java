package io.dialogsecurity.artemis.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes values as AMQP 1.0 encodes them, each in the shortest way. */
final class AmqpWriter {

    private byte[] bytes;
    private int length;

    AmqpWriter(int size) {
        bytes = new byte[size];
    }

    int length() {
        return length;
    }

    byte[] toArray() {
        return bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
    }

    private int claim(int count) {
        int at = length;
        if (count > bytes.length - at) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(at, count), at + (at >> 1)));
        }
        length = at + count;
        return at;
    }

    AmqpWriter u8(int value) {
        int at = claim(1);
        bytes[at] = (byte) value;
        return this;
    }

    private AmqpWriter i16(int value) {
        int at = claim(2);
        ByteBuffer.wrap(bytes).putShort(at, (short) value);
        return this;
    }

    private AmqpWriter i32(int value) {
        int at = claim(4);
        ByteBuffer.wrap(bytes).putInt(at, value);
        return this;
    }

    private AmqpWriter i64(long value) {
        int at = claim(8);
        ByteBuffer.wrap(bytes).putLong(at, value);
        return this;
    }

    AmqpWriter raw(byte[] source, int start, int end) {
        int at = claim(end - start);
        System.arraycopy(source, start, bytes, at, end - start);
        return this;
    }

    AmqpWriter raw(byte[] source) {
        return raw(source, 0, source.length);
    }

    AmqpWriter raw(AmqpWriter other) {
        return raw(other.bytes, 0, other.length);
    }

    /** The descriptor of a section. */
    AmqpWriter section(int code) {
        return u8(AmqpValues.DESCRIBED).u8(AmqpValues.ULONG_SMALL).u8(code);
    }

    AmqpWriter binary(byte[] source, int start, int end) {
        return variable(AmqpValues.BINARY_8, end - start).raw(source, start, end);
    }

    AmqpWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return variable(AmqpValues.STRING_8, utf8.length).raw(utf8);
    }

    AmqpWriter symbol(String value) {
        byte[] ascii = value.getBytes(StandardCharsets.ISO_8859_1);
        return variable(AmqpValues.SYMBOL_8, ascii.length).raw(ascii);
    }

    private AmqpWriter variable(int shortCode, int size) {
        return size <= 0xFF ? u8(shortCode).u8(size) : u8(shortCode + 0x10).i32(size);
    }

    /** @param elements their encodings one after the other */
    AmqpWriter list(int count, AmqpWriter elements) {
        return count == 0 ? u8(AmqpValues.LIST_0) : compound(AmqpValues.LIST_8, count, elements);
    }

    /**
     * A map.
     *
     * @param count of names and values together
     * @param elements their encodings in turn
     */
    AmqpWriter map(int count, AmqpWriter elements) {
        return compound(AmqpValues.MAP_8, count, elements);
    }

    private AmqpWriter compound(int shortCode, int count, AmqpWriter elements) {
        if (elements.length + 1 <= 0xFF && count <= 0xFF) {
            return u8(shortCode).u8(elements.length + 1).u8(count).raw(elements);
        }
        return u8(shortCode + 0x10).i32(elements.length + 4).i32(count).raw(elements);
    }

    /** A value of the types the content of an envelope has. */
    AmqpWriter value(Object value) {
        if (value == null) {
            return u8(AmqpValues.NULL);
        } else if (value instanceof String v) {
            return string(v);
        } else if (value instanceof Boolean v) {
            return u8(v ? AmqpValues.TRUE : AmqpValues.FALSE);
        } else if (value instanceof Integer v) {
            return v == v.byteValue()
                    ? u8(AmqpValues.INT_SMALL).u8(v)
                    : u8(AmqpValues.INT).i32(v);
        } else if (value instanceof Long v) {
            return v == v.byteValue()
                    ? u8(AmqpValues.LONG_SMALL).u8(v.byteValue())
                    : u8(AmqpValues.LONG).i64(v);
        } else if (value instanceof Byte v) {
            return u8(AmqpValues.BYTE).u8(v);
        } else if (value instanceof Short v) {
            return u8(AmqpValues.SHORT).i16(v);
        } else if (value instanceof Float v) {
            return u8(AmqpValues.FLOAT).i32(Float.floatToRawIntBits(v));
        } else if (value instanceof Double v) {
            return u8(AmqpValues.DOUBLE).i64(Double.doubleToRawLongBits(v));
        } else if (value instanceof Character v) {
            return u8(AmqpValues.CHAR).i32(v);
        } else if (value instanceof byte[] v) {
            return binary(v, 0, v.length);
        }
        throw new IllegalArgumentException("A value of type " + value.getClass().getName() + " has no place in AMQP");
    }
}
