package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.MessageFormatException;
import java.util.Arrays;
import java.util.Objects;

/**
 * The conversions Jakarta Messaging allows between the types of properties and of the values in map and stream
 * messages. A missing value is converted as the wrapper class converts null, as the specification wants it.
 */
final class Values {

    private Values() {}

    static boolean toBoolean(Object value) throws MessageFormatException {
        if (value instanceof Boolean v) {
            return v;
        }
        if (value == null || value instanceof String) {
            return Boolean.parseBoolean((String) value);
        }
        throw cannot(value, "a boolean");
    }

    static byte toByte(Object value) throws MessageFormatException {
        if (value instanceof Byte v) {
            return v;
        }
        return Byte.parseByte(text(value, "a byte"));
    }

    static short toShort(Object value) throws MessageFormatException {
        if (value instanceof Short || value instanceof Byte) {
            return ((Number) value).shortValue();
        }
        return Short.parseShort(text(value, "a short"));
    }

    static int toInt(Object value) throws MessageFormatException {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).intValue();
        }
        return Integer.parseInt(text(value, "an int"));
    }

    static long toLong(Object value) throws MessageFormatException {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        return Long.parseLong(text(value, "a long"));
    }

    static float toFloat(Object value) throws MessageFormatException {
        if (value instanceof Float v) {
            return v;
        }
        return Float.parseFloat(nonNull(text(value, "a float")));
    }

    static double toDouble(Object value) throws MessageFormatException {
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        }
        return Double.parseDouble(nonNull(text(value, "a double")));
    }

    static char toChar(Object value) throws MessageFormatException {
        if (value instanceof Character v) {
            return v;
        }
        if (value == null) {
            throw new NullPointerException("There is no value");
        }
        throw cannot(value, "a char");
    }

    static String toText(Object value) throws MessageFormatException {
        if (value instanceof byte[]) {
            throw cannot(value, "a string");
        }
        return value == null ? null : value.toString();
    }

    static byte[] toBytes(Object value) throws MessageFormatException {
        if (value == null || value instanceof byte[]) {
            return (byte[]) value;
        }
        throw cannot(value, "bytes");
    }

    /**
     * Some of an array.
     *
     * @throws IndexOutOfBoundsException if they are not all in it; what is not there is not zeros
     */
    static byte[] part(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return Arrays.copyOfRange(bytes, offset, offset + length);
    }

    /** A value an application may put into a map or stream message. */
    static Object requireBodyValue(Object value) throws MessageFormatException {
        if (value == null || value instanceof Character || value instanceof byte[]) {
            return value instanceof byte[] bytes ? bytes.clone() : value;
        }
        return requirePropertyValue(value);
    }

    /** A value an application may give a property. */
    static Object requirePropertyValue(Object value) throws MessageFormatException {
        if (value == null
                || value instanceof Boolean
                || value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Float
                || value instanceof Double
                || value instanceof String) {
            return value;
        }
        if (value instanceof byte[] bytes) {
            return bytes.clone();
        }
        throw new MessageFormatException(
                "A value cannot be of type " + value.getClass().getName());
    }

    private static String text(Object value, String what) throws MessageFormatException {
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw cannot(value, what);
    }

    private static String nonNull(String text) {
        if (text == null) {
            throw new NumberFormatException("There is no value");
        }
        return text;
    }

    private static MessageFormatException cannot(Object value, String what) {
        return new MessageFormatException(value.getClass().getSimpleName() + " is not read as " + what);
    }
}
