package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ReplyBook;
import io.dialogsecurity.dialog.Opened;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A message as the application sees it: written by it and not yet sealed, or opened for it. Belongs to no provider. This
 * class has headers and properties and no body; its subclasses have one.
 */
class ClearMessage implements Message {

    /** Object properties by which Artemis streams large bodies; understood here whatever the provider. */
    static final String INPUT_STREAM = "JMS_AMQ_InputStream";

    static final String SAVE_STREAM = "JMS_AMQ_SaveStream";
    static final String OUTPUT_STREAM = "JMS_AMQ_OutputStream";

    /** What {@link #acknowledge()} does. */
    interface Acknowledgement {
        void acknowledge() throws JMSException;
    }

    private String messageId;
    private long timestamp;
    private Object correlationId;
    private CorrelationIds correlationIds = CorrelationIds.OF_NOBODY;
    private Destination replyTo;
    private Destination destination;
    private int deliveryMode = DEFAULT_DELIVERY_MODE;
    private boolean redelivered;
    private String type;
    private long expiration;
    private long deliveryTime;
    private int priority = DEFAULT_PRIORITY;

    private final Map<String, Object> properties = new LinkedHashMap<>();
    /** Of the provider, as received: readable, never sent on. */
    private Map<String, Object> providerProperties = Map.of();

    private boolean propertiesReadOnly;
    private boolean bodyReadOnly;
    private Acknowledgement acknowledgement;
    private Opened origin;
    /** What is remembered of this message for its replies, or null. */
    private ReplyBook.Request request;

    // --- Made by this package

    /** Makes this a received message. */
    void received(Opened from, Map<String, Object> ofProvider, Acknowledgement how) {
        this.origin = from;
        this.providerProperties = ofProvider;
        this.acknowledgement = how;
        this.propertiesReadOnly = true;
        this.bodyReadOnly = true;
    }

    /** What was opened, without its content; null if this was not received. */
    Opened origin() {
        return origin;
    }

    /** Makes this a request, whose reply address is as it was received. */
    void answeredBy(ReplyBook.Request remembered) {
        this.request = remembered;
    }

    /** The headers the provider has set on the message it sent or received in place of this one. */
    void takeHeaders(Message outer) throws JMSException {
        messageId = outer.getJMSMessageID();
        timestamp = outer.getJMSTimestamp();
        destination = outer.getJMSDestination();
        deliveryMode = outer.getJMSDeliveryMode();
        expiration = outer.getJMSExpiration();
        priority = outer.getJMSPriority();
        deliveryTime = outer.getJMSDeliveryTime();
    }

    /** The properties the application has set. */
    Map<String, Object> applicationProperties() {
        return properties;
    }

    void restoreProperty(String name, Object value) {
        properties.put(name, value);
    }

    /** Correlation ids are to be shown as this provider shows them. */
    void showCorrelationIds(CorrelationIds ofProvider) {
        correlationIds = ofProvider;
    }

    void restoreCorrelationId(Object value) {
        correlationId = value;
    }

    Object rawCorrelationId() {
        return correlationId;
    }

    /** Called before the body is changed. */
    void requireWritableBody() throws MessageNotWriteableException {
        if (bodyReadOnly) {
            throw new MessageNotWriteableException("The body of a received message is read-only until it is cleared");
        }
    }

    boolean bodyReadOnly() {
        return bodyReadOnly;
    }

    void bodyReadOnly(boolean readOnly) {
        this.bodyReadOnly = readOnly;
    }

    // --- Headers

    @Override
    public String getJMSMessageID() throws JMSException {
        return messageId;
    }

    @Override
    public void setJMSMessageID(String id) {
        this.messageId = id;
    }

    @Override
    public long getJMSTimestamp() throws JMSException {
        return timestamp;
    }

    @Override
    public void setJMSTimestamp(long value) {
        this.timestamp = value;
    }

    @Override
    public byte[] getJMSCorrelationIDAsBytes() throws JMSException {
        return correlationIds.octets(correlationId);
    }

    @Override
    public void setJMSCorrelationIDAsBytes(byte[] value) {
        this.correlationId = value == null ? null : value.clone();
    }

    @Override
    public void setJMSCorrelationID(String value) throws JMSException {
        this.correlationId = correlationIds.read(value);
    }

    @Override
    public String getJMSCorrelationID() throws JMSException {
        return correlationIds.text(correlationId);
    }

    @Override
    public Destination getJMSReplyTo() throws JMSException {
        if (request != null) {
            request.askedWhere();
        }
        return replyTo;
    }

    @Override
    public void setJMSReplyTo(Destination value) {
        this.replyTo = value;
    }

    @Override
    public Destination getJMSDestination() throws JMSException {
        return destination;
    }

    @Override
    public void setJMSDestination(Destination value) {
        this.destination = value;
    }

    @Override
    public int getJMSDeliveryMode() throws JMSException {
        return deliveryMode;
    }

    @Override
    public void setJMSDeliveryMode(int value) {
        this.deliveryMode = value;
    }

    @Override
    public boolean getJMSRedelivered() throws JMSException {
        return redelivered;
    }

    @Override
    public void setJMSRedelivered(boolean value) {
        this.redelivered = value;
    }

    @Override
    public String getJMSType() throws JMSException {
        return type;
    }

    @Override
    public void setJMSType(String value) {
        this.type = value;
    }

    @Override
    public long getJMSExpiration() throws JMSException {
        return expiration;
    }

    @Override
    public void setJMSExpiration(long value) {
        this.expiration = value;
    }

    @Override
    public long getJMSDeliveryTime() throws JMSException {
        return deliveryTime;
    }

    @Override
    public void setJMSDeliveryTime(long value) {
        this.deliveryTime = value;
    }

    @Override
    public int getJMSPriority() throws JMSException {
        return priority;
    }

    @Override
    public void setJMSPriority(int value) {
        this.priority = value;
    }

    // --- Properties

    @Override
    public void clearProperties() {
        properties.clear();
        providerProperties = Map.of();
        propertiesReadOnly = false;
    }

    @Override
    public boolean propertyExists(String name) throws JMSException {
        return properties.containsKey(name) || providerProperties.containsKey(name);
    }

    private Object property(String name) {
        Object value = properties.get(name);
        return value != null || properties.containsKey(name) ? value : providerProperties.get(name);
    }

    @Override
    public boolean getBooleanProperty(String name) throws JMSException {
        return Values.toBoolean(property(name));
    }

    @Override
    public byte getByteProperty(String name) throws JMSException {
        return Values.toByte(property(name));
    }

    @Override
    public short getShortProperty(String name) throws JMSException {
        return Values.toShort(property(name));
    }

    @Override
    public int getIntProperty(String name) throws JMSException {
        return Values.toInt(property(name));
    }

    @Override
    public long getLongProperty(String name) throws JMSException {
        return Values.toLong(property(name));
    }

    @Override
    public float getFloatProperty(String name) throws JMSException {
        return Values.toFloat(property(name));
    }

    @Override
    public double getDoubleProperty(String name) throws JMSException {
        return Values.toDouble(property(name));
    }

    @Override
    public String getStringProperty(String name) throws JMSException {
        return Values.toText(property(name));
    }

    @Override
    public Object getObjectProperty(String name) throws JMSException {
        return property(name);
    }

    @Override
    public Enumeration<String> getPropertyNames() throws JMSException {
        Set<String> names = new LinkedHashSet<>(properties.keySet());
        names.addAll(providerProperties.keySet());
        return Collections.enumeration(names);
    }

    private void set(String name, Object value) throws JMSException {
        PropertyNames.require(name);
        if (propertiesReadOnly) {
            throw new MessageNotWriteableException(
                    "The properties of a received message are read-only until they are cleared");
        }
        properties.put(name, value);
    }

    @Override
    public void setBooleanProperty(String name, boolean value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setByteProperty(String name, byte value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setShortProperty(String name, short value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setIntProperty(String name, int value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setLongProperty(String name, long value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setFloatProperty(String name, float value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setDoubleProperty(String name, double value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setStringProperty(String name, String value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setObjectProperty(String name, Object value) throws JMSException {
        if (INPUT_STREAM.equals(name) && value instanceof InputStream in) {
            sendFrom(in);
        } else if ((SAVE_STREAM.equals(name) || OUTPUT_STREAM.equals(name)) && value instanceof OutputStream out) {
            saveTo(out);
        } else {
            set(name, Values.requirePropertyValue(value));
        }
    }

    /** The body comes from a stream when the message is sent. */
    void sendFrom(InputStream in) throws JMSException {
        throw new MessageFormatException("Only a bytes message is sent from a stream");
    }

    /** Writes the body of a received message to a stream. */
    void saveTo(OutputStream out) throws JMSException {
        throw new MessageFormatException("Only a bytes message is saved to a stream");
    }

    // --- Body

    @Override
    public void acknowledge() throws JMSException {
        if (acknowledgement != null) {
            acknowledgement.acknowledge();
        }
    }

    @Override
    public void clearBody() throws JMSException {
        bodyReadOnly = false;
    }

    /** The body, or null if there is none; a message without body may be asked for any type. */
    Object body() throws JMSException {
        return null;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T getBody(Class<T> wanted) throws JMSException {
        Object body = body();
        if (body != null && !wanted.isInstance(body)) {
            throw new MessageFormatException("The body is not a " + wanted.getName());
        }
        return (T) body;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public boolean isBodyAssignableTo(Class wanted) throws JMSException {
        Object body = body();
        return body == null || wanted.isInstance(body);
    }

    /** Says nothing of the content. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + " " + messageId;
    }
}
