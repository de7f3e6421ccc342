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

    /** The status after this side has ended its direction. */
    public DialogStatus endedByUs() {
        return switch (this) {
            case OPEN, ENDED_BY_US -> ENDED_BY_US;
            case ENDED_BY_PEER, ENDED -> ENDED;
            case ERROR -> ERROR;
        };
    }

    /** The status after the other side has ended its direction. */
    public DialogStatus endedByPeer() {
        return switch (this) {
            case OPEN, ENDED_BY_PEER -> ENDED_BY_PEER;
            case ENDED_BY_US, ENDED -> ENDED;
            case ERROR -> ERROR;
        };
    }
}
