package io.dialogsecurity.artemis.message;

import java.util.HexFormat;
import java.util.Set;

/**
 * Names of properties that all client paths share, so that they understand each other.
 *
 * <p>Headers of a message travel as protected properties of the same envelope. No application property can have their
 * names, because Jakarta Messaging reserves what begins with {@code JMS} but not with {@code JMSX} or {@code JMS_}.
 */
public final class MessageNames {

    /** Protected: the message type, a string. */
    public static final String TYPE = "JMSType";

    /** Protected: the correlation id, a string or octets. It also stays outside, where brokers and selectors see it. */
    public static final String CORRELATION_ID = "JMSCorrelationID";

    /** Before the hexadecimal digits of a correlation id of octets, where it is written as a text. */
    public static final String BINARY_ID = "ID:AMQP_BINARY:";

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

    /** Set by a broker that moves or copies a message: the address it was at before. */
    public static final String MOVED_FROM = "_AMQ_ORIG_ADDRESS";

    /** The same, as an AMQP message has it. */
    public static final String MOVED_FROM_ANNOTATION = "x-opt-ORIG-ADDRESS";

    /** On a received message: true if it has the number of another one, see {@code forks} in the policy. */
    public static final String FORKED = "DS_FORKED";

    /** On a received message by which the sender breaks its dialog off: the code, an int; the body is the text. */
    public static final String ERROR_CODE = "DS_ERROR_CODE";

    /**
     * Owned by the broker or by providers, and needed outside: read from the constants of Artemis 2.56.0 and its protocols,
     * of qpid-jms, and from Jakarta Messaging. WIRE-FORMAT.md has the same list. What else begins like one of these is an
     * application's.
     */
    static final Set<String> OWNED = Set.of(
            // Jakarta Messaging, and ActiveMQ's mark of the first message of a group
            "JMSXAppID",
            "JMSXConsumerTXID",
            "JMSXDeliveryCount",
            "JMSXGroupFirstForConsumer",
            "JMSXGroupID",
            "JMSXGroupSeq",
            "JMSXProducerTXID",
            "JMSXRcvTimestamp",
            "JMSXState",
            "JMSXUserID",
            // streams of the core provider, which stay in the client
            "JMS_AMQ_InputStream",
            "JMS_AMQ_OutputStream",
            "JMS_AMQ_SaveStream",
            // the broker
            "_AMQ_ACTUAL_EXPIRY",
            "_AMQ_AD",
            "_AMQ_BRIDGE_DUP",
            "_AMQ_DUPL_ID",
            "_AMQ_Fed_Hops",
            "_AMQ_GROUP_ID",
            "_AMQ_GROUP_SEQUENCE",
            "_AMQ_Hops",
            "_AMQ_INGRESS_TIMESTAMP",
            "_AMQ_LARGE_COMPRESSED",
            "_AMQ_LARGE_SIZE",
            "_AMQ_LVQ_NAME",
            "_AMQ_ORIG_ADDRESS",
            "_AMQ_ORIG_MESSAGE_ID",
            "_AMQ_ORIG_QUEUE",
            "_AMQ_ORIG_ROUTING_TYPE",
            "_AMQ_PREFIX",
            "_AMQ_ROUTING_TYPE",
            "_AMQ_SCALEDOWN_TO",
            "_AMQ_SCHED_DELIVERY",
            "_AMQ_VALIDATED_USER",
            "__AMQ_CID",
            // the same of HornetQ's clients
            "_HQ_ACTUAL_EXPIRY",
            "_HQ_DUPL_ID",
            "_HQ_GROUP_ID",
            "_HQ_LARGE_COMPRESSED",
            "_HQ_LARGE_SIZE",
            "_HQ_LVQ_NAME",
            "_HQ_ORIG_ADDRESS",
            "_HQ_ORIG_MESSAGE_ID",
            "_HQ_ORIG_QUEUE",
            "_HQ_SCHED_DELIVERY",
            // what the broker keeps of commands of OpenWire
            "__HDR_ARRIVAL",
            "__HDR_BROKER_IN_TIME",
            "__HDR_BROKER_PATH",
            "__HDR_CLUSTER",
            "__HDR_COMMAND_ID",
            "__HDR_COMPRESSED",
            "__HDR_DATASTRUCTURE",
            "__HDR_DROPPABLE",
            "__HDR_MESSAGE_ID",
            "__HDR_ORIG_DESTINATION",
            "__HDR_PRODUCER_ID",
            "__HDR_REPLY_TO",
            "__HDR_USER_ID",
            "__HDR_dlqDeliveryFailureCause",
            // what the broker's MQTT part asks of a message: the quality of service, and whether it is a retained one
            "mqtt.qos.level",
            "mqtt.message.retain",
            "mqtt.message.retain.initial.distribution");

    /**
     * Beginnings of such names where the rest is open: how AMQP and core messages say what the other has no place for, and
     * to which queues a node of a cluster sends a message, by the name of the connection.
     */
    static final Set<String> OWNED_PREFIXES = Set.of("JMS_AMQP_", "JMS_CORE_", "_AMQ_ACK_ROUTE_TO", "_AMQ_ROUTE_TO");

    private MessageNames() {}

    /**
     * Whether a property belongs to provider or broker: it stays outside, where they need it, and is not protected. Names
     * that only look like theirs are not among them: how a name begins is an application's choice.
     */
    public static boolean ofProvider(String property) {
        return OWNED.contains(property) || hasOwnedPrefix(property);
    }

    private static boolean hasOwnedPrefix(String property) {
        for (String prefix : OWNED_PREFIXES) {
            if (property.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /**
     * By which requests and replies find each other, whatever an application reads: the correlation id, or for octets the
     * text that clients of AMQP have for them; null for none.
     */
    public static String correlationName(Object id) {
        return id instanceof byte[] octets
                ? BINARY_ID + HexFormat.of().withUpperCase().formatHex(octets)
                : id == null ? null : id.toString();
    }
}
