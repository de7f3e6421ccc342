package io.dialogsecurity.integration.interceptor;

import static io.dialogsecurity.integration.interceptor.Applications.PATIENCE;
import static io.dialogsecurity.integration.interceptor.Applications.context;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.Queue;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications that use the Artemis client as ever, and a broker that prefers and delays. */
class HeldBackByBrokerIT {

    private static final int YOUNGER = 1_100;

    @TempDir
    static Path directory;

    @Test
    @DisplayName(
            "A delayed message and one of low priority arrive after more than a thousand younger ones; nothing is refused")
    void delayedAndOfLowPriority() throws Exception {
        try (Applications applications = Applications.start(directory);
                JMSContext sender = context(applications.orderEntryUrl());
                JMSContext receiver = context(applications.shippingUrl())) {
            Queue orders = sender.createQueue("orders");
            sender.createProducer().setPriority(1).send(orders, "of low priority");
            sender.createProducer().setPriority(9).setDeliveryDelay(3_000).send(orders, "delayed");
            for (int i = 0; i < YOUNGER; i++) {
                sender.createProducer().setPriority(9).send(orders, "message " + i);
            }
            Set<String> received = new HashSet<>();
            JMSConsumer consumer = receiver.createConsumer(receiver.createQueue("orders"));
            while (received.size() < YOUNGER + 2) {
                String text = consumer.receiveBody(String.class, PATIENCE);
                assertThat(text).as("after %d messages", received.size()).isNotNull();
                received.add(text);
            }
            assertThat(received).contains("of low priority", "delayed");
            assertThat(applications.broker.management().messageCount(Applications.QUARANTINE))
                    .isZero();
        }
    }
}
