package io.dialogsecurity.testkit.plain;

import static io.dialogsecurity.testkit.plain.Ability.BROWSES;
import static io.dialogsecurity.testkit.plain.Ability.DELAYS;
import static io.dialogsecurity.testkit.plain.Ability.EXPIRES;
import static io.dialogsecurity.testkit.plain.Ability.GIVES_BACK;
import static io.dialogsecurity.testkit.plain.Ability.JMS;
import static io.dialogsecurity.testkit.plain.Ability.LASTING_SUBSCRIPTIONS;
import static io.dialogsecurity.testkit.plain.Ability.PROPERTIES;
import static io.dialogsecurity.testkit.plain.Ability.QUEUES;
import static io.dialogsecurity.testkit.plain.Ability.RETAINS_AND_LEAVES_WILLS;
import static io.dialogsecurity.testkit.plain.Ability.SELECTS;
import static io.dialogsecurity.testkit.plain.Ability.SENDS_TOGETHER;
import static io.dialogsecurity.testkit.plain.Ability.SHARED_SUBSCRIPTIONS;

import java.util.Locale;
import java.util.Set;

/** The kinds of plain clients: a protocol in one of its versions, and the library that speaks it. */
public enum PlainKind {
    /** Artemis's own JMS client. */
    CORE(
            PROPERTIES,
            JMS,
            QUEUES,
            SENDS_TOGETHER,
            GIVES_BACK,
            SELECTS,
            BROWSES,
            LASTING_SUBSCRIPTIONS,
            SHARED_SUBSCRIPTIONS,
            DELAYS,
            EXPIRES),
    /** Qpid JMS. */
    AMQP(
            PROPERTIES,
            JMS,
            QUEUES,
            SENDS_TOGETHER,
            GIVES_BACK,
            SELECTS,
            BROWSES,
            LASTING_SUBSCRIPTIONS,
            SHARED_SUBSCRIPTIONS,
            DELAYS,
            EXPIRES),
    /** Eclipse Paho, MQTT 3.1.1. */
    MQTT_3(LASTING_SUBSCRIPTIONS, RETAINS_AND_LEAVES_WILLS),
    /** Eclipse Paho, MQTT 5. */
    MQTT_5(PROPERTIES, LASTING_SUBSCRIPTIONS, SHARED_SUBSCRIPTIONS, EXPIRES, RETAINS_AND_LEAVES_WILLS),
    /** STOMP 1.2, over {@link StompClient}. */
    STOMP(PROPERTIES, QUEUES, SENDS_TOGETHER, SELECTS, LASTING_SUBSCRIPTIONS, DELAYS, EXPIRES),
    /** ActiveMQ's JMS client. */
    OPENWIRE(
            PROPERTIES,
            JMS,
            QUEUES,
            SENDS_TOGETHER,
            GIVES_BACK,
            SELECTS,
            BROWSES,
            LASTING_SUBSCRIPTIONS,
            DELAYS,
            EXPIRES);

    private final Set<Ability> abilities;

    PlainKind(Ability... abilities) {
        this.abilities = Set.of(abilities);
    }

    /** Whether this kind of client, or its protocol, can do that. */
    public boolean can(Ability ability) {
        return abilities.contains(ability);
    }

    /** In small letters, as it may be part of an address. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace("_", "");
    }

    /**
     * Connects to a broker.
     *
     * @throws PlainFailure when the library says that it cannot
     */
    public PlainClient connect(Login login) {
        return switch (this) {
            case CORE, AMQP, OPENWIRE -> JmsClient.connect(this, login);
            case MQTT_3 -> Mqtt3Client.connect(login);
            case MQTT_5 -> Mqtt5Client.connect(login);
            case STOMP -> StompClient.connect(login);
        };
    }
}
