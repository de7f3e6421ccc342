package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.artemis.message.MessageForm;
import java.util.Set;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;

/**
 * What is left of a refused message that the broker is going to store all the same, because it asks nobody who could say no:
 * no body, no property of the application, and a mark by which the way out knows that it is to be removed.
 */
public final class Husk {

    private static final SimpleString MARK = SimpleString.of("_DS_REFUSED");
    private static final byte[] NOTHING = {};

    private Husk() {}

    /** Makes a husk of a message. A large one is only marked: it is in a file already. */
    static void of(Message message) {
        try {
            if (!message.isLargeMessage()) {
                MessageForm.of(message).seal(message, NOTHING, Set.of());
            }
        } finally {
            message.setBrokerProperty(MARK, Boolean.TRUE);
        }
    }

    /** Whether a message is one. */
    public static boolean is(Message message) {
        return message.getBrokerProperty(MARK) != null;
    }
}
