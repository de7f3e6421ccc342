package io.dialogsecurity.testkit.plain;

import java.nio.charset.StandardCharsets;

/** What both versions of MQTT have in common here. */
final class MqttNames {

    private MqttNames() {}

    static String url(Login login) {
        return "tcp://127.0.0.1:" + login.port();
    }

    /** The topic that the broker takes for this address. */
    static String topic(String address) {
        return address.replace('.', '/').replace('*', '+');
    }

    static String filter(Intake intake) {
        if (intake.routing() != Routing.TOPIC || intake.selector() != null) {
            throw new UnsupportedOperationException("MQTT has topics only, and no selectors");
        }
        String topic = topic(intake.address());
        return intake.shared() ? "$share/" + intake.subscription() + "/" + topic : topic;
    }

    /**
     * The highest quality in which a consumer takes messages. Of quality 2 a client owns a message before it acknowledges it,
     * and has to keep it over the end of the connection; so who acknowledges by itself takes quality 1.
     */
    static int qualityOfService(Intake intake) {
        return intake.acknowledging() == Acknowledging.AUTO ? 2 : 1;
    }

    static byte[] payload(Body body) {
        if (body instanceof Body.Text text) {
            return text.text().getBytes(StandardCharsets.UTF_8);
        }
        if (body instanceof Body.Binary binary) {
            return binary.bytes();
        }
        if (body instanceof Body.None) {
            return new byte[0];
        }
        throw new UnsupportedOperationException("MQTT has bytes only");
    }
}
