package io.dialogsecurity.policy;

/** How a receiver knows that a message to several receivers comes from the initiator. */
public enum AuthenticityPolicy {
    /** Each message to several receivers carries a signature of its own. */
    SIGNED,
    /** The shared key suffices, so that every receiver could speak as the initiator to the others. */
    GROUP
}
