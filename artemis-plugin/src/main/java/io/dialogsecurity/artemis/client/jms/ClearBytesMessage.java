package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.dialog.EnvelopeStreamException;
import jakarta.jms.BytesMessage;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Octets in the clear, written first and read after {@link #reset()}. A body too large for memory is sent from an {@code
 * InputStream} (object property {@value ClearMessage#INPUT_STREAM}), and a received one is read from front to back, or
 * saved to an {@code OutputStream} ({@value ClearMessage#SAVE_STREAM}), a chunk at a time.
 */
final class ClearBytesMessage extends ClearMessage implements BytesMessage {

    private byte[] body = {};
    private int offset;
    private int length;
    private LargeBody large;
    private long largeSize;
    private InputStream source;

    private ByteArrayOutputStream buffer;
    private DataOutputStream writing;
    private DataInputStream reading;

    ClearBytesMessage() {
        startWriting();
    }

    /** A received body. */
    ClearBytesMessage(byte[] array, int offset, int length) {
        body = array;
        this.offset = offset;
        this.length = length;
    }

    /** A received body that does not fit in memory, and how many bytes it has. */
    ClearBytesMessage(LargeBody large, long size) {
        this.large = large;
        this.largeSize = size;
    }

    private void startWriting() {
        buffer = new ByteArrayOutputStream();
        writing = new DataOutputStream(buffer);
        reading = null;
    }

    /** What has been written becomes what is read. */
    private void finishWriting() {
        if (buffer != null) {
            body = buffer.toByteArray();
            offset = 0;
            length = body.length;
            buffer = null;
            writing = null;
        }
    }

    // --- For sealing

    /** Where the body comes from, if it is to be streamed. */
    InputStream source() throws JMSException {
        return large != null ? large.open() : source;
    }

    byte[] content() {
        return buffer == null ? body : buffer.toByteArray();
    }

    int contentOffset() {
        return buffer == null ? offset : 0;
    }

    int contentLength() {
        return buffer == null ? length : buffer.size();
    }

    @Override
    void sendFrom(InputStream in) throws JMSException {
        requireWritableBody();
        source = in;
    }

    @Override
    void saveTo(OutputStream out) throws JMSException {
        if (!bodyReadOnly()) {
            throw new IllegalStateException("Only a received message is saved to a stream");
        }
        try (InputStream in = large != null ? large.open() : new ByteArrayInputStream(body, offset, length)) {
            in.transferTo(out);
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The whole body in memory, though it is large. */
    private void load() throws JMSException {
        if (large != null) {
            try (InputStream in = large.open()) {
                body = in.readAllBytes();
                offset = 0;
                length = body.length;
                large = null;
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private static JMSException failed(IOException e) {
        String code = e instanceof EnvelopeStreamException broken
                ? broken.rejected().reason().name()
                : null;
        return Failures.linked(new JMSException("The body cannot be read: " + e.getMessage(), code), e);
    }

    // --- Reading

    private DataInputStream in() throws JMSException {
        if (!bodyReadOnly()) {
            throw new MessageNotReadableException("A bytes message is read after reset()");
        }
        if (reading == null) {
            reading =
                    new DataInputStream(large != null ? large.open() : new ByteArrayInputStream(body, offset, length));
        }
        return reading;
    }

    private interface Read<T> {
        T from(DataInputStream in) throws IOException;
    }

    private <T> T read(Read<T> what) throws JMSException {
        try {
            return what.from(in());
        } catch (EOFException e) {
            throw Failures.linked(new MessageEOFException("The body ends here"), e);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public long getBodyLength() throws JMSException {
        if (!bodyReadOnly()) {
            throw new MessageNotReadableException("A bytes message is read after reset()");
        }
        return large != null ? largeSize : length;
    }

    @Override
    public boolean readBoolean() throws JMSException {
        return read(DataInputStream::readBoolean);
    }

    @Override
    public byte readByte() throws JMSException {
        return read(DataInputStream::readByte);
    }

    @Override
    public int readUnsignedByte() throws JMSException {
        return read(DataInputStream::readUnsignedByte);
    }

    @Override
    public short readShort() throws JMSException {
        return read(DataInputStream::readShort);
    }

    @Override
    public int readUnsignedShort() throws JMSException {
        return read(DataInputStream::readUnsignedShort);
    }

    @Override
    public char readChar() throws JMSException {
        return read(DataInputStream::readChar);
    }

    @Override
    public int readInt() throws JMSException {
        return read(DataInputStream::readInt);
    }

    @Override
    public long readLong() throws JMSException {
        return read(DataInputStream::readLong);
    }

    @Override
    public float readFloat() throws JMSException {
        return read(DataInputStream::readFloat);
    }

    @Override
    public double readDouble() throws JMSException {
        return read(DataInputStream::readDouble);
    }

    @Override
    public String readUTF() throws JMSException {
        return read(in -> in.readUTF());
    }

    @Override
    public int readBytes(byte[] out) throws JMSException {
        return readBytes(out, out.length);
    }

    @Override
    public int readBytes(byte[] out, int most) throws JMSException {
        if (most < 0 || most > out.length) {
            throw new IndexOutOfBoundsException("The array has no room for " + most + " bytes");
        }
        if (most == 0) {
            return 0;
        }
        int read = read(in -> in.readNBytes(out, 0, most));
        return read == 0 ? -1 : read;
    }

    // --- Writing

    private interface Write {
        void to(DataOutputStream out) throws IOException;
    }

    private void write(Write what) throws JMSException {
        requireWritableBody();
        try {
            what.to(writing);
        } catch (IOException e) {
            throw Failures.linked(new JMSException("This cannot be written: " + e.getMessage()), e); // as providers do
        }
    }

    @Override
    public void writeBoolean(boolean value) throws JMSException {
        write(out -> out.writeBoolean(value));
    }

    @Override
    public void writeByte(byte value) throws JMSException {
        write(out -> out.writeByte(value));
    }

    @Override
    public void writeShort(short value) throws JMSException {
        write(out -> out.writeShort(value));
    }

    @Override
    public void writeChar(char value) throws JMSException {
        write(out -> out.writeChar(value));
    }

    @Override
    public void writeInt(int value) throws JMSException {
        write(out -> out.writeInt(value));
    }

    @Override
    public void writeLong(long value) throws JMSException {
        write(out -> out.writeLong(value));
    }

    @Override
    public void writeFloat(float value) throws JMSException {
        write(out -> out.writeFloat(value));
    }

    @Override
    public void writeDouble(double value) throws JMSException {
        write(out -> out.writeDouble(value));
    }

    @Override
    public void writeUTF(String value) throws JMSException {
        write(out -> out.writeUTF(value));
    }

    @Override
    public void writeBytes(byte[] value) throws JMSException {
        write(out -> out.write(value));
    }

    @Override
    public void writeBytes(byte[] value, int from, int count) throws JMSException {
        write(out -> out.write(value, from, count));
    }

    @Override
    public void writeObject(Object value) throws JMSException {
        if (value == null) {
            throw new NullPointerException("There is no value");
        } else if (value instanceof Boolean v) {
            writeBoolean(v);
        } else if (value instanceof Byte v) {
            writeByte(v);
        } else if (value instanceof Short v) {
            writeShort(v);
        } else if (value instanceof Character v) {
            writeChar(v);
        } else if (value instanceof Integer v) {
            writeInt(v);
        } else if (value instanceof Long v) {
            writeLong(v);
        } else if (value instanceof Float v) {
            writeFloat(v);
        } else if (value instanceof Double v) {
            writeDouble(v);
        } else if (value instanceof String v) {
            writeUTF(v);
        } else if (value instanceof byte[] v) {
            writeBytes(v);
        } else {
            throw new MessageFormatException(
                    "A value cannot be of type " + value.getClass().getName());
        }
    }

    // --- Both

    @Override
    public void reset() throws JMSException {
        finishWriting();
        reading = null;
        bodyReadOnly(true);
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        body = new byte[0];
        offset = 0;
        length = 0;
        large = null;
        source = null;
        startWriting();
    }

    @Override
    Object body() throws JMSException {
        load();
        int size = contentLength();
        return size == 0 ? null : Arrays.copyOfRange(content(), contentOffset(), contentOffset() + size);
    }
}
