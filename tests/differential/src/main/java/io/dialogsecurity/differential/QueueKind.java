package io.dialogsecurity.differential;

import java.util.Locale;

/** Kinds of queues. The name is a word of the address, by which the broker's settings are chosen. */
enum QueueKind {
    ANYCAST(""),
    /** Gives back after a moment, three times at most. */
    RETRY(""),
    EXCLUSIVE(",\"exclusive\":true"),
    LASTVALUE(",\"last-value\":true"),
    NONDESTRUCTIVE(",\"non-destructive\":true"),
    /** Last values that everybody may read. */
    STATE(",\"last-value\":true,\"non-destructive\":true"),
    /** Keeps the newest three. */
    RING(",\"ring-size\":3"),
    /** Takes what comes from one place only. */
    FILTERED(",\"filter-string\":\"" + Stage.REGION + " = 'EU'\""),
    /** For one consumer at a time. */
    SINGLE(",\"max-consumers\":1"),
    /** Is emptied when its last consumer goes. */
    PURGED(",\"purge-on-no-consumers\":true"),
    /** What is beyond the first three is kept on disk alone. */
    PAGED(""),
    /** What comes there goes to another queue too. */
    COPIED(""),
    /** What comes there goes to another queue instead. */
    DIVERTED(""),
    /** An address of two subscriptions that last. */
    TOPIC("");

    private final String settings;

    QueueKind(String settings) {
        this.settings = settings;
    }

    /** What is said of such a queue in JSON when it is made, with a comma before. */
    String settings() {
        return settings;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether reading takes nothing. */
    boolean keeps() {
        return this == NONDESTRUCTIVE || this == STATE;
    }

    boolean hasKeys() {
        return this == LASTVALUE || this == STATE;
    }
}
