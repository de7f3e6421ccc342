package io.dialogsecurity.artemis.message;

import java.util.Set;

/**
 * Names of properties that all client paths share, so that they understand each other.
 *
 * <p>Headers of a message travel as protected properties of the same envelope. No application property can have their
 * names, because Jakarta Messaging reserves what begins with {@code JMS}.
 */
public final class MessageNames {

    /** Protected: the message type, a string. */
    public static final String TYPE = "JMSType";

    /** Protected: the correlation id, a string or octets. It also stays outside, where brokers and selectors see it. */
    public static final String CORRELATION_ID = "JMSCorrelationID";

    /** Protected: the address replies are expected at, a string. It also stays outside. */
    public static final String REPLY_TO = "JMSReplyTo";

    /** Outside: a hint for people and tools that the body is an envelope. Nothing believes it. */
    public static final String HINT = "DS_ENVELOPE";

    /** The value of {@link #HINT}. */
    public static final String HINT_VALUE = "1.0";

    /** In the quarantine: why, the name of the rejection. */
    public static final String REJECTION = "DS_REJECTION";

    /** In the quarantine: why, the stable number. */
    public static final String REJECTION_CODE = "DS_REJECTION_CODE";

    /** In the quarantine: the address the message arrived at. */
    public static final String ORIGINAL_DESTINATION = "DS_ORIGINAL_DESTINATION";

    /** On a received message: true if it has the number of another one, see {@code forks} in the policy. */
    public static final String FORKED = "DS_FORKED";

    /** On a received message by which the sender breaks its dialog off: the code, an int; the body is the text. */
    public static final String ERROR_CODE = "DS_ERROR_CODE";

    /** What the broker's own MQTT part asks of a message: the quality of service, and whether it is a retained one. */
    private static final Set<String> OF_MQTT =
            Set.of("mqtt.qos.level", "mqtt.message.retain", "mqtt.message.retain.initial.distribution");

    private MessageNames() {}

    /**
     * Whether a property belongs to provider or broker: it stays outside, where they need it, and is not protected.
     * Groups, delivery counts, and whatever begins with a vendor's prefix.
     */
    public static boolean ofProvider(String property) {
        return property.startsWith("JMSX")
                || property.startsWith("JMS_")
                || property.startsWith("_")
                || OF_MQTT.contains(property);
    }
}
