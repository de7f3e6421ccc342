package io.dialogsecurity.artemis.message;

import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.state.Arrival;
import java.util.Map;
import java.util.Optional;

/** What an opened message tells the application beside what its sender wrote: properties no sender can set. */
public final class MessageMarks {

    private MessageMarks() {}

    /** The marks of a message, mostly none. */
    public static Map<String, Object> of(Opened opened) {
        Optional<Integer> error = opened.error().map(said -> said.code());
        boolean forked = opened.arrival() == Arrival.FORKED;
        if (error.isPresent()) {
            return forked
                    ? Map.of(MessageNames.ERROR_CODE, error.get(), MessageNames.FORKED, true)
                    : Map.of(MessageNames.ERROR_CODE, error.get());
        }
        return forked ? Map.of(MessageNames.FORKED, true) : Map.of();
    }

    /** Whether a property's name is that of a mark; one that a sender wrote is left out. */
    public static boolean isMark(String property) {
        return property.equals(MessageNames.FORKED) || property.equals(MessageNames.ERROR_CODE);
    }
}
