package io.dialogsecurity.artemis.client;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.OpenedStream;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejected;
import java.io.IOException;
import java.io.InputStream;

/** What is to be done with a message that arrived. */
public sealed interface Incoming {

    /** An authentic message, for the application. */
    final class Accepted implements Incoming {

        private final Opened message;
        private final InputStream payload;
        private final DialogEndpoint endpoint;
        private final String arrivedAt;

        Accepted(Opened message, InputStream payload, DialogEndpoint endpoint, String arrivedAt) {
            this.message = message;
            this.payload = payload;
            this.endpoint = endpoint;
            this.arrivedAt = arrivedAt;
        }

        /** Where it is: the address it was sealed for, or the one the broker has moved it to from there. */
        public String arrivedAt() {
            return arrivedAt;
        }

        /** What was opened. {@link Opened#acknowledge()} is to be called when the application has taken it. */
        public Opened message() {
            return message;
        }

        /** The same, for whoever remembers it longer than its content. */
        public Accepted withoutContent() {
            return new Accepted(message.withoutContent(), null, endpoint, arrivedAt);
        }

        /** The body of a streamed message, else null; see {@link io.dialogsecurity.dialog.OpenedStream#payload()}. */
        public InputStream payload() {
            return payload;
        }

        /**
         * Opens a streamed message again, from the start.
         *
         * @param in the same envelope; closed with the stream returned
         */
        public InputStream reopen(InputStream in) throws IOException {
            if (endpoint.openStream(in, Reception.forAudit()) instanceof OpenedStream stream) {
                return stream.payload();
            }
            throw new IOException("The envelope does not open any more");
        }

        DialogEndpoint endpoint() {
            return endpoint;
        }
    }

    /**
     * A copy of what the application has taken already: to be removed silently.
     *
     * @param message what was opened
     */
    record Duplicate(Opened message) implements Incoming {}

    /** Not sealed, or not to be opened here: for the application as it is. */
    record LeftAlone() implements Incoming {}

    /**
     * Refused: to be put into the quarantine unchanged, and removed only then.
     *
     * @param rejected why
     */
    record Refused(Rejected rejected) implements Incoming {}
}
