package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.StreamMessage;
import java.util.ArrayList;
import java.util.List;

/** A sequence of values in the clear, written first and read after {@link #reset()}. */
final class ClearStreamMessage extends ClearMessage implements StreamMessage {

    private final List<Object> values;
    private int position;
    /** Of the byte array at {@link #position}: how much has been read in pieces, -1 if it has not been begun. */
    private int readOfBytes = -1;

    ClearStreamMessage(List<Object> values) {
        this.values = new ArrayList<>(values);
    }

    List<Object> values() {
        return values;
    }

    /** Reads a value in one conversion; a failed one leaves the position where it was. */
    private interface Conversion<T> {
        T of(Object value) throws JMSException;
    }

    private <T> T read(Conversion<T> conversion) throws JMSException {
        requireReadable();
        if (readOfBytes >= 0) {
            throw new MessageFormatException("A byte array has been read in part only");
        }
        if (position >= values.size()) {
            throw new MessageEOFException("There are no more values");
        }
        T value = conversion.of(values.get(position));
        position++;
        return value;
    }

    private void requireReadable() throws MessageNotReadableException {
        if (!bodyReadOnly()) {
            throw new MessageNotReadableException("A stream message is read after reset()");
        }
    }

    @Override
    public boolean readBoolean() throws JMSException {
        return read(Values::toBoolean);
    }

    @Override
    public byte readByte() throws JMSException {
        return read(Values::toByte);
    }

    @Override
    public short readShort() throws JMSException {
        return read(Values::toShort);
    }

    @Override
    public char readChar() throws JMSException {
        return read(Values::toChar);
    }

    @Override
    public int readInt() throws JMSException {
        return read(Values::toInt);
    }

    @Override
    public long readLong() throws JMSException {
        return read(Values::toLong);
    }

    @Override
    public float readFloat() throws JMSException {
        return read(Values::toFloat);
    }

    @Override
    public double readDouble() throws JMSException {
        return read(Values::toDouble);
    }

    @Override
    public String readString() throws JMSException {
        return read(Values::toText);
    }

    @Override
    public Object readObject() throws JMSException {
        return read(value -> value instanceof byte[] bytes ? bytes.clone() : value);
    }

    @Override
    public int readBytes(byte[] out) throws JMSException {
        requireReadable();
        if (position >= values.size()) {
            throw new MessageEOFException("There are no more values");
        }
        byte[] bytes = Values.toBytes(values.get(position));
        if (bytes == null) {
            position++;
            return -1;
        }
        if (readOfBytes == bytes.length && bytes.length > 0) {
            endBytes();
            return -1;
        }
        int from = Math.max(readOfBytes, 0);
        int length = Math.min(out.length, bytes.length - from);
        System.arraycopy(bytes, from, out, 0, length);
        if (length < out.length || bytes.length == 0) {
            endBytes();
        } else {
            readOfBytes = from + length;
        }
        return length;
    }

    private void endBytes() {
        position++;
        readOfBytes = -1;
    }

    private void write(Object value) throws JMSException {
        requireWritableBody();
        values.add(value);
    }

    @Override
    public void writeBoolean(boolean value) throws JMSException {
        write(value);
    }

    @Override
    public void writeByte(byte value) throws JMSException {
        write(value);
    }

    @Override
    public void writeShort(short value) throws JMSException {
        write(value);
    }

    @Override
    public void writeChar(char value) throws JMSException {
        write(value);
    }

    @Override
    public void writeInt(int value) throws JMSException {
        write(value);
    }

    @Override
    public void writeLong(long value) throws JMSException {
        write(value);
    }

    @Override
    public void writeFloat(float value) throws JMSException {
        write(value);
    }

    @Override
    public void writeDouble(double value) throws JMSException {
        write(value);
    }

    @Override
    public void writeString(String value) throws JMSException {
        write(value);
    }

    @Override
    public void writeBytes(byte[] value) throws JMSException {
        write(value.clone());
    }

    @Override
    public void writeBytes(byte[] value, int offset, int length) throws JMSException {
        write(Values.part(value, offset, length));
    }

    @Override
    public void writeObject(Object value) throws JMSException {
        write(Values.requireBodyValue(value));
    }

    @Override
    public void reset() throws JMSException {
        bodyReadOnly(true);
        position = 0;
        readOfBytes = -1;
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        values.clear();
        position = 0;
        readOfBytes = -1;
    }

    @Override
    public <T> T getBody(Class<T> wanted) throws JMSException {
        throw new MessageFormatException("A stream message is read value by value");
    }

    @Override
    @SuppressWarnings("rawtypes")
    public boolean isBodyAssignableTo(Class wanted) throws JMSException {
        return false;
    }
}
