package io.dialogsecurity.failover;

/** What is done when endpoint state turns out to be damaged while it is opened. */
public enum OnDamage {
    /** The store is not opened; every file stays as it is. */
    REFUSE,
    /** The files are set aside, never deleted, and an empty store is begun, which {@linkplain EndpointStore#needsRebuild() says so}. */
    REBUILD
}
