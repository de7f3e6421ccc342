package io.dialogsecurity.state;

/** The caches of an endpoint. Each can be switched off, and everything still works. */
public enum CacheName {
    /** Sending: the key exchange key and signed headers per service pair. */
    OUTGOING_PAIRS("outgoing-pairs"),
    /** Receiving and guarding: service-pair and key-exchange-key headers whose signature has been verified. */
    VERIFIED_HEADERS("verified-headers"),
    /** Receiving: unwrapped key exchange keys. */
    KEY_EXCHANGE_KEYS("key-exchange-keys"),
    /** Receiving and guarding: unwrapped dialog keys, or checked headers, per dialog and direction. */
    DIALOG_KEYS("dialog-keys");

    private final String label;

    CacheName(String label) {
        this.label = label;
    }

    /** The name in configuration and metrics. */
    public String label() {
        return label;
    }
}
