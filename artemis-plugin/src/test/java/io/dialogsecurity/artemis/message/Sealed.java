package io.dialogsecurity.artemis.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateAuthority;
import io.dialogsecurity.identity.IssuedIdentity;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.TrustStore;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.api.core.ICoreMessage;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.buffers.impl.ChannelBufferWrapper;

/** Seals and opens with real endpoints, and tells what a message is in a form that can be compared. */
final class Sealed {

    static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

    private static final Instant NOW = Instant.now();
    private static final ServiceName SENDER = new ServiceName("sender");
    private static final ServiceName RECEIVER = new ServiceName("receiver");
    private static final CertificateAuthority AUTHORITY =
            CertificateAuthority.root("Test Root", NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(1)));
    private static final IssuedIdentity SENDING = issue(SENDER);
    private static final IssuedIdentity RECEIVING = issue(RECEIVER);
    private static final TrustContext TRUST = new TrustContext(
            TrustStore.of(List.of(AUTHORITY.certificate()), List.of(), Set.of()),
            ListedCertificates.of(List.of(SENDING.certificate(), RECEIVING.certificate())));
    private static final EndpointPolicy POLICY = EndpointPolicy.defaults().preferring(Suite.SUITE_2);
    private static final DialogEndpoint SENDING_ENDPOINT =
            DialogEndpoint.builder(SENDING.identity(), TRUST).policy(POLICY).build();
    private static final DialogEndpoint RECEIVING_ENDPOINT =
            DialogEndpoint.builder(RECEIVING.identity(), TRUST).policy(POLICY).build();
    private static final DialogSealer SEALER = SENDING_ENDPOINT.begin(Set.of(RECEIVER));

    private Sealed() {}

    private static IssuedIdentity issue(ServiceName name) {
        return AUTHORITY.issue(name, Suite.SUITE_2, NOW.minus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(1)));
    }

    static synchronized byte[] envelope(MessageContent content) {
        return SEALER.seal(content, "a");
    }

    static synchronized Opened open(byte[] envelope) {
        OpenOutcome outcome = RECEIVING_ENDPOINT.open(envelope, Reception.at("a"));
        assertThat(outcome).isInstanceOf(Opened.class);
        return (Opened) outcome;
    }

    static Opened opened(MessageContent content) {
        return open(envelope(content));
    }

    /** Seals a message in place, as the broker does when it comes; the envelope. */
    static byte[] seal(Message message, String... clear) {
        MessageForm form = MessageForm.of(message);
        byte[] envelope = envelope(form.read(message, MAX_BODY_BYTES));
        form.seal(message, envelope, Set.of(clear));
        return envelope;
    }

    /** What a message is as far as anybody can tell. */
    static Map<String, Object> state(Message message) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("id", message.getMessageID());
        state.put("address", message.getAddress());
        state.put("durable", message.isDurable());
        state.put("priority", message.getPriority());
        state.put("expiration", message.getExpiration());
        state.put("timestamp", message.getTimestamp());
        state.put("routing", message.getRoutingType());
        state.put("group", message.getGroupID());
        state.put("delivery", message.getScheduledDeliveryTime());
        state.put("duplicate", text(message.getDuplicateProperty()));
        state.put("correlation", text(message.getCorrelationID()));
        Map<String, String> properties = new TreeMap<>();
        for (SimpleString name : message.getPropertyNames()) {
            properties.put(name.toString(), text(message.getObjectProperty(name)));
        }
        state.put("properties", properties);
        if (message instanceof ICoreMessage core) {
            state.put("type", core.getType());
            state.put("body", comparable(core.getType(), body(core)));
        }
        return state;
    }

    /** The octets, but of a map what is in it, because its order says nothing. */
    private static String comparable(byte type, byte[] body) {
        if (type == Message.MAP_TYPE) {
            try {
                return hex(CoreBody.neutral(type, body).content().fingerprint()) + " in " + body.length;
            } catch (IllegalArgumentException e) {
                return hex(body); // no map at all
            }
        }
        return hex(body);
    }

    private static String text(Object value) {
        if (value == null) {
            return "null";
        }
        String content = value instanceof byte[] bytes ? hex(bytes) : value.toString();
        String type =
                value instanceof SimpleString ? "String" : value.getClass().getSimpleName();
        return type + " " + content;
    }

    static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    static byte[] body(ICoreMessage message) {
        ActiveMQBuffer body = message.getReadOnlyBodyBuffer();
        byte[] bytes = new byte[body.readableBytes()];
        body.readBytes(bytes);
        return bytes;
    }

    /** The bytes the journal gets. */
    static byte[] stored(Message message) {
        byte[] record = new byte[message.getPersistSize()];
        ByteBuf buffer = Unpooled.wrappedBuffer(record).clear();
        message.persist(new ChannelBufferWrapper(buffer));
        assertThat(buffer.writerIndex()).isEqualTo(record.length);
        return Arrays.copyOfRange(record, Integer.BYTES, record.length);
    }
}
