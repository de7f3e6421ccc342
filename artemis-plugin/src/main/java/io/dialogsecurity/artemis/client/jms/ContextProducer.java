package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The simplified API's producer: settings that are put on each message it sends. */
final class ContextProducer implements JMSProducer {

    private static final int HIGHEST_PRIORITY = 9;

    private final SecureContext context;
    private final Map<String, Object> properties = new LinkedHashMap<>();
    private boolean disableMessageId;
    private boolean disableTimestamp;
    private int deliveryMode = Message.DEFAULT_DELIVERY_MODE;
    private int priority = Message.DEFAULT_PRIORITY;
    private long timeToLive = Message.DEFAULT_TIME_TO_LIVE;
    private long deliveryDelay = Message.DEFAULT_DELIVERY_DELAY;
    private CompletionListener async;
    private String type;
    private Object correlationId;
    private Destination replyTo;

    ContextProducer(SecureContext context) {
        this.context = context;
    }

    @Override
    public JMSProducer send(Destination destination, Message message) {
        SecureContext.uncheckedly(() -> {
            if (message == null) {
                throw new MessageFormatException("There is no message");
            }
            prepare(message);
            SecureProducer producer = context.anonymousProducer();
            producer.setDisableMessageID(disableMessageId);
            producer.setDisableMessageTimestamp(disableTimestamp);
            producer.setDeliveryDelay(deliveryDelay);
            if (async == null) {
                producer.send(destination, message, deliveryMode, priority, timeToLive);
            } else {
                producer.send(destination, message, deliveryMode, priority, timeToLive, async);
            }
        });
        return this;
    }

    private void prepare(Message message) throws JMSException {
        for (Map.Entry<String, Object> property : properties.entrySet()) {
            message.setObjectProperty(property.getKey(), property.getValue());
        }
        if (type != null) {
            message.setJMSType(type);
        }
        if (correlationId instanceof byte[] bytes) {
            message.setJMSCorrelationIDAsBytes(bytes);
        } else if (correlationId != null) {
            message.setJMSCorrelationID((String) correlationId);
        }
        if (replyTo != null) {
            message.setJMSReplyTo(replyTo);
        }
    }

    @Override
    public JMSProducer send(Destination destination, String body) {
        return send(destination, context.createTextMessage(body));
    }

    @Override
    public JMSProducer send(Destination destination, Map<String, Object> body) {
        MapMessage message = context.createMapMessage();
        SecureContext.uncheckedly(() -> {
            if (body != null) {
                for (Map.Entry<String, Object> entry : body.entrySet()) {
                    message.setObject(entry.getKey(), entry.getValue());
                }
            }
        });
        return send(destination, message);
    }

    @Override
    public JMSProducer send(Destination destination, byte[] body) {
        BytesMessage message = context.createBytesMessage();
        SecureContext.uncheckedly(() -> {
            if (body != null) {
                message.writeBytes(body);
            }
        });
        return send(destination, message);
    }

    @Override
    public JMSProducer send(Destination destination, Serializable body) {
        return send(destination, context.createObjectMessage(body));
    }

    @Override
    public JMSProducer setDisableMessageID(boolean value) {
        disableMessageId = value;
        return this;
    }

    @Override
    public boolean getDisableMessageID() {
        return disableMessageId;
    }

    @Override
    public JMSProducer setDisableMessageTimestamp(boolean value) {
        disableTimestamp = value;
        return this;
    }

    @Override
    public boolean getDisableMessageTimestamp() {
        return disableTimestamp;
    }

    @Override
    public JMSProducer setDeliveryMode(int value) {
        if (value != jakarta.jms.DeliveryMode.PERSISTENT && value != jakarta.jms.DeliveryMode.NON_PERSISTENT) {
            throw new JMSRuntimeException("There is no delivery mode " + value);
        }
        deliveryMode = value;
        return this;
    }

    @Override
    public int getDeliveryMode() {
        return deliveryMode;
    }

    @Override
    public JMSProducer setPriority(int value) {
        if (value < 0 || value > HIGHEST_PRIORITY) {
            throw new JMSRuntimeException("A priority is from 0 to " + HIGHEST_PRIORITY);
        }
        priority = value;
        return this;
    }

    @Override
    public int getPriority() {
        return priority;
    }

    @Override
    public JMSProducer setTimeToLive(long value) {
        timeToLive = value;
        return this;
    }

    @Override
    public long getTimeToLive() {
        return timeToLive;
    }

    @Override
    public JMSProducer setDeliveryDelay(long value) {
        deliveryDelay = value;
        return this;
    }

    @Override
    public long getDeliveryDelay() {
        return deliveryDelay;
    }

    @Override
    public JMSProducer setAsync(CompletionListener listener) {
        async = listener;
        return this;
    }

    @Override
    public CompletionListener getAsync() {
        return async;
    }

    private JMSProducer set(String name, Object value) {
        SecureContext.uncheckedly(() -> PropertyNames.require(name));
        properties.put(name, value);
        return this;
    }

    @Override
    public JMSProducer setProperty(String name, boolean value) {
        return set(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, byte value) {
        return set(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, short value) {
        return set(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, int value) {
        return set(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, long value) {
        return set(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, float value) {
        return set(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, double value) {
        return set(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, String value) {
        return set(name, value);
    }

    @Override
    public JMSProducer setProperty(String name, Object value) {
        return set(name, SecureContext.unchecked(() -> Values.requirePropertyValue(value)));
    }

    @Override
    public JMSProducer clearProperties() {
        properties.clear();
        return this;
    }

    @Override
    public boolean propertyExists(String name) {
        return properties.containsKey(name);
    }

    private interface Reading<T> {
        T of(Object value) throws MessageFormatException;
    }

    private <T> T get(String name, Reading<T> reading) {
        try {
            return reading.of(properties.get(name));
        } catch (MessageFormatException e) {
            throw new MessageFormatRuntimeException(e.getMessage(), e.getErrorCode(), e);
        }
    }

    @Override
    public boolean getBooleanProperty(String name) {
        return get(name, Values::toBoolean);
    }

    @Override
    public byte getByteProperty(String name) {
        return get(name, Values::toByte);
    }

    @Override
    public short getShortProperty(String name) {
        return get(name, Values::toShort);
    }

    @Override
    public int getIntProperty(String name) {
        return get(name, Values::toInt);
    }

    @Override
    public long getLongProperty(String name) {
        return get(name, Values::toLong);
    }

    @Override
    public float getFloatProperty(String name) {
        return get(name, Values::toFloat);
    }

    @Override
    public double getDoubleProperty(String name) {
        return get(name, Values::toDouble);
    }

    @Override
    public String getStringProperty(String name) {
        return get(name, Values::toText);
    }

    @Override
    public Object getObjectProperty(String name) {
        return properties.get(name);
    }

    @Override
    public Set<String> getPropertyNames() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(properties.keySet()));
    }

    @Override
    public JMSProducer setJMSCorrelationIDAsBytes(byte[] value) {
        correlationId = value == null ? null : value.clone();
        return this;
    }

    @Override
    public byte[] getJMSCorrelationIDAsBytes() {
        return correlationId instanceof byte[] bytes ? bytes.clone() : null;
    }

    @Override
    public JMSProducer setJMSCorrelationID(String value) {
        correlationId = value;
        return this;
    }

    @Override
    public String getJMSCorrelationID() {
        return correlationId instanceof String text ? text : null;
    }

    @Override
    public JMSProducer setJMSType(String value) {
        type = value;
        return this;
    }

    @Override
    public String getJMSType() {
        return type;
    }

    @Override
    public JMSProducer setJMSReplyTo(Destination value) {
        replyTo = value;
        return this;
    }

    @Override
    public Destination getJMSReplyTo() {
        return replyTo;
    }
}
