package io.dialogsecurity.load;

/** What a reader tells of every message, when it happens. Safe for use by several threads. */
interface Ledger {

    /** A message was received. */
    void arrived(Place place, Note note);

    /** Its reader is about to acknowledge it. */
    void acknowledging(Place place, Note note);

    /** It was acknowledged, and nobody may get it again. */
    void settled(Place place, Note note);

    /** The reader was cut off on purpose. */
    void cutOff(Place place);

    /** Something went wrong that nobody caused on purpose. */
    void trouble(String who, String what);

    /** Somebody was shown what is not for them, or not what they were to be shown. */
    void wrong(String who, String what);
}
