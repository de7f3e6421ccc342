package io.dialogsecurity.failover;

/** What waits for the committer, in this order. */
sealed interface Queued permits Entry, Queued.Mark {

    /**
     * A place in the queue. Every change before the position belongs to an entry that was queued before the mark, because an
     * entry is queued before its change has a position, and the mark after the position was noted.
     */
    record Mark(long position) implements Queued {}
}
