package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;

/** How one message of a provider's session is acknowledged, alone or with those before it, as the session has it. */
@FunctionalInterface
interface Acknowledger {

    /** @param outer the provider's message */
    void acknowledge(Message outer) throws JMSException;
}
