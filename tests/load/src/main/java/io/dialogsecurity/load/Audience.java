package io.dialogsecurity.load;

import java.util.Locale;

/**
 * Whom messages are for: one service reads them, another one's name is on what is sealed, and each has a user and two
 * addresses of its own.
 */
enum Audience {
    RED,
    GREEN,
    BLUE,
    /** The one from whom policy takes the right to read, every few seconds, and gives it back. */
    GREY;

    /** In small letters, as it is part of names. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The service in whose name the broker seals. */
    String sendingService() {
        return text() + "-in";
    }

    /** The service for which the broker opens. */
    String readingService() {
        return text() + "-out";
    }

    /** The user who sends. */
    String sender() {
        return text() + "-sender";
    }

    /** The user who reads. */
    String reader() {
        return text() + "-reader";
    }

    /** An address of which each message goes to one consumer. */
    String queue() {
        return "load." + text() + ".work";
    }

    /** An address of which each message goes to all subscribers. */
    String topic() {
        return "load." + text() + ".news";
    }
}
