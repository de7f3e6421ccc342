package io.dialogsecurity.failover;

/**
 * Something in memory that has rows in the database. Its lock guards all of it, and is never held while a disk is waited
 * for.
 */
abstract non-sealed class Entry implements Queued {

    /** What it is called in the tail. */
    final long id;

    final Definition definition;

    /** Whether somebody asked for it since it was last considered for removal. A race loses nothing but rank. */
    boolean askedFor = true;

    /** Whether it has changes the database does not have; it is then in the committer's queue and defined in the tail. */
    boolean dirty;

    /** Whether the committer has a copy of it that is not surely on the disk of the database yet. */
    boolean writing;

    /** Whether another object took its place after it was idle: who still holds this one has to ask for the other. */
    volatile boolean detached;

    /** Whether it has a row, as far as is known. */
    boolean stored;

    /** Whether it surely has no row. Then it is written without a look for one. */
    boolean absent;

    Entry(long id, Definition definition) {
        this.id = id;
        this.definition = definition;
    }

    /** A copy of what has to be written; what is dirty from now on is dirty again. Under the lock. */
    abstract Change takeChange();

    /** What was written may be lost: the next change has all there is. Under the lock. */
    abstract void writeAll();

    /** Detaches the entry if it is idle and the database has all of it. */
    final synchronized boolean detach() {
        if (dirty || writing) {
            return false;
        }
        detached = true;
        return true;
    }
}
