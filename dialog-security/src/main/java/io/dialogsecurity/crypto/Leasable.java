package io.dialogsecurity.crypto;

/** Something a cache may hold while others use it: it lives until the last of them has given it back. */
public interface Leasable {

    /**
     * Takes a lease.
     *
     * @return false if it is gone already; then it must be derived anew
     */
    boolean tryLease();

    /** Gives a lease back. Secrets are erased with the last one. */
    void release();

    /** The owner's {@link #release}: from now on nobody takes another lease; who has one keeps it. */
    default void retire() {
        release();
    }
}
