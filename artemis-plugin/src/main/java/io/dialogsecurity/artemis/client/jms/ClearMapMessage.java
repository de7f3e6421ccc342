package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names and values in the clear. */
final class ClearMapMessage extends ClearMessage implements MapMessage {

    private final Map<String, Object> values;

    ClearMapMessage(Map<String, Object> values) {
        this.values = new LinkedHashMap<>(values);
    }

    Map<String, Object> values() {
        return values;
    }

    @Override
    public boolean getBoolean(String name) throws JMSException {
        return Values.toBoolean(values.get(name));
    }

    @Override
    public byte getByte(String name) throws JMSException {
        return Values.toByte(values.get(name));
    }

    @Override
    public short getShort(String name) throws JMSException {
        return Values.toShort(values.get(name));
    }

    @Override
    public char getChar(String name) throws JMSException {
        return Values.toChar(values.get(name));
    }

    @Override
    public int getInt(String name) throws JMSException {
        return Values.toInt(values.get(name));
    }

    @Override
    public long getLong(String name) throws JMSException {
        return Values.toLong(values.get(name));
    }

    @Override
    public float getFloat(String name) throws JMSException {
        return Values.toFloat(values.get(name));
    }

    @Override
    public double getDouble(String name) throws JMSException {
        return Values.toDouble(values.get(name));
    }

    @Override
    public String getString(String name) throws JMSException {
        return Values.toText(values.get(name));
    }

    @Override
    public byte[] getBytes(String name) throws JMSException {
        return Values.toBytes(values.get(name));
    }

    @Override
    public Object getObject(String name) throws JMSException {
        return values.get(name);
    }

    @Override
    public Enumeration<String> getMapNames() throws JMSException {
        return Collections.enumeration(values.keySet());
    }

    private void set(String name, Object value) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("A value has a name");
        }
        requireWritableBody();
        values.put(name, value);
    }

    @Override
    public void setBoolean(String name, boolean value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setByte(String name, byte value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setShort(String name, short value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setChar(String name, char value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setInt(String name, int value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setLong(String name, long value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setFloat(String name, float value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setDouble(String name, double value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setString(String name, String value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setBytes(String name, byte[] value) throws JMSException {
        set(name, value == null ? null : value.clone());
    }

    @Override
    public void setBytes(String name, byte[] value, int offset, int length) throws JMSException {
        set(name, Values.part(value, offset, length));
    }

    @Override
    public void setObject(String name, Object value) throws JMSException {
        set(name, Values.requireBodyValue(value));
    }

    @Override
    public boolean itemExists(String name) throws JMSException {
        return values.containsKey(name);
    }

    @Override
    public void clearBody() throws JMSException {
        super.clearBody();
        values.clear();
    }

    @Override
    Object body() {
        return values.isEmpty() ? null : Collections.unmodifiableMap(values);
    }
}
