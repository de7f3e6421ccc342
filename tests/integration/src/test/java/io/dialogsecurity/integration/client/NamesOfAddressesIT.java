package io.dialogsecurity.integration.client;

import static io.dialogsecurity.integration.client.ClientWorld.PATIENCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An address is protected however its name begins. */
class NamesOfAddressesIT {

    private final ClientWorld world = ClientWorld.get();

    @ParameterizedTest
    @EnumSource
    void whatIsSentIsSealed(Way way) throws Exception {
        String name = world.name("$ledger");
        try (JMSContext out = way.connect(world, "order-entry", "names", "").createContext();
                JMSContext raw = world.plain(Provider.CORE).createContext()) {
            JMSConsumer seen = raw.createConsumer(raw.createQueue(name));
            out.createProducer().send(out.createQueue(name), "secret");
            Message message = seen.receive(PATIENCE_MILLIS);
            assertThat(message).isNotInstanceOf(TextMessage.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsForgedIsNotGiven(Way way) throws Exception {
        String name = world.name("$ledger");
        try (JMSContext in = way.connect(world, "shipping", "names", "").createContext();
                JMSContext raw = world.plain(Provider.CORE).createContext()) {
            JMSConsumer consumer = in.createConsumer(in.createQueue(name));
            raw.createProducer().send(raw.createQueue(name), "forged");
            assertThat(consumer.receive(1_000)).isNull();
        }
    }
}
