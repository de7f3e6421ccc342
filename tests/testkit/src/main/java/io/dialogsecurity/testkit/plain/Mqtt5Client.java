package io.dialogsecurity.testkit.plain;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** MQTT 5 by Eclipse Paho. It has one consumer at a time, which gets whatever comes. */
final class Mqtt5Client implements PlainClient {

    private static final long TIMEOUT_MILLIS = 20_000;
    private static final long SESSION_SECONDS = 600;

    /** Held, or it would forget its level. The library tells of every packet it acknowledges. */
    private static final Logger LIBRARY = Logger.getLogger("org.eclipse.paho.mqttv5");

    static {
        LIBRARY.setLevel(Level.WARNING);
    }

    private record Arrival(String topic, MqttMessage message) {}

    private final MqttClient client;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();

    private Mqtt5Client(MqttClient client) {
        this.client = client;
    }

    static Mqtt5Client connect(Login login) {
        String id = login.clientId() == null ? UUID.randomUUID().toString() : login.clientId();
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setUserName(login.user());
        options.setPassword(login.password().getBytes(StandardCharsets.UTF_8));
        options.setCleanStart(!login.lasting());
        options.setSessionExpiryInterval(login.lasting() ? SESSION_SECONDS : 0);
        Outgoing will = login.will();
        if (will != null) {
            MqttMessage message = message(will);
            options.setWill(MqttNames.topic(will.address), message);
            options.setWillMessageProperties(message.getProperties());
        }
        try {
            MqttClient client = new MqttClient(MqttNames.url(login), id, new MemoryPersistence());
            client.setTimeToWait(TIMEOUT_MILLIS);
            Mqtt5Client plain = new Mqtt5Client(client);
            client.setCallback(plain.new Arriving());
            client.setManualAcks(true);
            try {
                client.connect(options);
            } catch (MqttException e) {
                client.close(true);
                throw e;
            }
            return plain;
        } catch (MqttException e) {
            throw new PlainFailure(e);
        }
    }

    @Override
    public PlainKind kind() {
        return PlainKind.MQTT_5;
    }

    @Override
    public void send(Outgoing outgoing) {
        try {
            client.publish(MqttNames.topic(outgoing.address), message(outgoing));
        } catch (MqttException e) {
            throw new PlainFailure(e);
        }
    }

    private static MqttMessage message(Outgoing outgoing) {
        MqttProperties properties = new MqttProperties();
        if (outgoing.body instanceof Body.Text) {
            properties.setPayloadFormat(true);
        }
        if (outgoing.correlationId != null) {
            properties.setCorrelationData(outgoing.correlationId.getBytes(StandardCharsets.UTF_8));
        }
        if (outgoing.replyTo != null) {
            properties.setResponseTopic(MqttNames.topic(outgoing.replyTo));
        }
        if (outgoing.contentType != null) {
            properties.setContentType(outgoing.contentType);
        }
        if (!outgoing.lifetime.isZero()) {
            properties.setMessageExpiryInterval(outgoing.lifetime.toSeconds());
        }
        List<UserProperty> more = new ArrayList<>();
        outgoing.properties.forEach((name, value) -> more.add(new UserProperty(name, value.toString())));
        properties.setUserProperties(more);
        return new MqttMessage(
                MqttNames.payload(outgoing.body), outgoing.qualityOfService, outgoing.retained, properties);
    }

    @Override
    public void sendTogether(List<Outgoing> messages, boolean commit) {
        throw new UnsupportedOperationException("MQTT has no transactions");
    }

    @Override
    public PlainConsumer consume(Intake intake) {
        try {
            client.subscribe(MqttNames.filter(intake), MqttNames.qualityOfService(intake));
            return new Consumer(intake);
        } catch (MqttException e) {
            throw new PlainFailure(e);
        }
    }

    @Override
    public List<Received> browse(String queue, String selectorOrNull) {
        throw new UnsupportedOperationException("MQTT does not browse");
    }

    @Override
    public void unsubscribe(Intake intake) {
        try {
            client.unsubscribe(MqttNames.filter(intake));
        } catch (MqttException e) {
            throw new PlainFailure(e);
        }
    }

    @Override
    public void breakOff() {
        try {
            client.disconnectForcibly(0, 1, false);
            client.close(true);
        } catch (MqttException e) {
            throw new PlainFailure(e);
        }
    }

    @Override
    public void close() {
        try {
            if (client.isConnected()) {
                client.disconnect();
            }
            client.close(true);
        } catch (MqttException e) {
            throw new PlainFailure(e);
        }
    }

    private static Received read(Arrival arrival) {
        MqttMessage message = arrival.message();
        MqttProperties properties = message.getProperties();
        ReceivedBuilder received = new ReceivedBuilder()
                .type(properties.getPayloadFormat() ? "text" : "bytes")
                .body(message.getPayload())
                .header("topic", arrival.topic())
                .header("quality of service", message.getQos())
                .header("retained", message.isRetained())
                .header("duplicate", message.isDuplicate())
                .header("content type", properties.getContentType())
                .header("correlation data", properties.getCorrelationData())
                .header("response topic", properties.getResponseTopic())
                .presence("expires", properties.getMessageExpiryInterval() != null);
        // A name may come more than once.
        List<UserProperty> more = properties.getUserProperties();
        for (int i = 0; i < more.size(); i++) {
            String name = more.get(i).getKey();
            boolean again = more.subList(0, i).stream().anyMatch(earlier -> name.equals(earlier.getKey()));
            received.property(again ? name + " #" + i : name, more.get(i).getValue());
        }
        return received.build();
    }

    /** Keeps what comes, on the library's thread. */
    private final class Arriving implements MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            arrivals.add(new Arrival(topic, message));
        }

        /** Whoever uses the connection next is told by the library. */
        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String url) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }

    private final class Consumer implements PlainConsumer {

        private final Intake intake;
        private final List<MqttMessage> unacknowledged = new ArrayList<>();

        private Consumer(Intake intake) {
            this.intake = intake;
        }

        @Override
        public Optional<Received> receive(Duration patience) {
            try {
                Arrival next = arrivals.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
                if (next == null) {
                    return Optional.empty();
                }
                unacknowledged.add(next.message());
                if (intake.acknowledging() == Acknowledging.AUTO) {
                    acknowledge();
                }
                return Optional.of(read(next));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PlainFailure(e);
            }
        }

        @Override
        public void acknowledge() {
            try {
                for (MqttMessage message : unacknowledged) {
                    client.messageArrivedComplete(message.getId(), message.getQos());
                }
                unacknowledged.clear();
            } catch (MqttException e) {
                throw new PlainFailure(e);
            }
        }

        @Override
        public void giveBack() {
            throw new UnsupportedOperationException("MQTT gives nothing back");
        }

        @Override
        public void close() {
            if (!intake.lasting() && client.isConnected()) {
                unsubscribe(intake);
            }
        }
    }
}
