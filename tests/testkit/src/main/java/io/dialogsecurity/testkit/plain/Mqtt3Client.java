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
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** MQTT 3.1.1 by Eclipse Paho. It has one consumer at a time, which gets whatever comes. */
final class Mqtt3Client implements PlainClient {

    private static final long TIMEOUT_MILLIS = 20_000;

    private record Arrival(String topic, MqttMessage message) {}

    private final MqttClient client;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();

    private Mqtt3Client(MqttClient client) {
        this.client = client;
    }

    static Mqtt3Client connect(Login login) {
        String id = login.clientId() == null ? UUID.randomUUID().toString() : login.clientId();
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setUserName(login.user());
        options.setPassword(login.password().toCharArray());
        options.setCleanSession(!login.lasting());
        Outgoing will = login.will();
        if (will != null) {
            options.setWill(
                    MqttNames.topic(will.address), MqttNames.payload(will.body), will.qualityOfService, will.retained);
        }
        try {
            MqttClient client = new MqttClient(MqttNames.url(login), id, new MemoryPersistence());
            client.setTimeToWait(TIMEOUT_MILLIS);
            Mqtt3Client plain = new Mqtt3Client(client);
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
        return PlainKind.MQTT_3;
    }

    @Override
    public void send(Outgoing outgoing) {
        try {
            client.publish(
                    MqttNames.topic(outgoing.address),
                    MqttNames.payload(outgoing.body),
                    outgoing.qualityOfService,
                    outgoing.retained);
        } catch (MqttException e) {
            throw new PlainFailure(e);
        }
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
        return new ReceivedBuilder()
                .type("publish")
                .body(message.getPayload())
                .header("text", new String(message.getPayload(), StandardCharsets.UTF_8))
                .header("topic", arrival.topic())
                .header("quality of service", message.getQos())
                .header("retained", message.isRetained())
                .header("duplicate", message.isDuplicate())
                .build();
    }

    /** Keeps what comes, on the library's thread. */
    private final class Arriving implements MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            arrivals.add(new Arrival(topic, message));
        }

        /** Whoever uses the connection next is told by the library. */
        @Override
        public void connectionLost(Throwable cause) {}

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}
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
