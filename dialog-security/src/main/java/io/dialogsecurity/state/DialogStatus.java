package io.dialogsecurity.state;

/** Where a dialog stands, as one side of it sees it. */
public enum DialogStatus {
    /** Both sides may send. */
    OPEN,
    /** This side has said that it sends no more. */
    ENDED_BY_US,
    /** The other side has said that it sends no more. */
    ENDED_BY_PEER,
    /** Both sides have. */
    ENDED,
    /** One side has broken it off with an error. */
    ERROR;

    /** Whether nothing more is sent in either direction, so that only a tombstone is kept. */
    public boolean closed() {
        return this == ENDED || this == ERROR;
    }

    /** What both say together: whoever has ended has ended, and an error stays one. */
    public DialogStatus with(DialogStatus other) {
        if (this == other || other == OPEN) {
            return this;
        }
        if (this == OPEN) {
            return other;
        }
        return this == ERROR || other == ERROR ? ERROR : ENDED;
    }
}
