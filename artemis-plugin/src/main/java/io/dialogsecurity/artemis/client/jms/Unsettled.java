package io.dialogsecurity.artemis.client.jms;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.SealingDialog;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;

/** A message that was sealed and handed to the provider, of which it is not known yet whether it arrives. */
record Unsettled(ClientEndpoint endpoint, SealingDialog dialog, Message message, MessageSealing.Sealed sealed) {

    /** Whether its envelope was made by an earlier attempt. */
    boolean again() {
        return sealed.again();
    }

    /** The attempt failed. Unless it certainly did not arrive, the same envelope is to be sent when the message is again. */
    void failed(Exception failure) {
        if (!(failure instanceof JMSSecurityException
                || failure instanceof MessageFormatException
                || failure instanceof InvalidDestinationException)) {
            keep();
        }
    }

    /** The same envelope is to be sent when the message is sent again. */
    void keep() {
        if (sealed.envelope() != null) {
            endpoint.unsent().keep(message, dialog.place(), sealed.content(), sealed.envelope());
        }
    }

    /** What is sealed next in its dialog would follow a gap. */
    void abandonDialog() {
        if (!again()) {
            dialog.abandon();
        }
    }
}
