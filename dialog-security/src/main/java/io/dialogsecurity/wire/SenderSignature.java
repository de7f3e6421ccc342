package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;
import java.util.List;

/**
 * Layer 7, present where several targets share the keys.
 *
 * @param certificates DER of the sender's certificate and intermediates where the sender is a target; empty where it is
 *     the initiator, whose certificates are in the service-pair header
 * @param signature over associated data, salt, MIC and the SHA-256 of the encrypted body
 */
public record SenderSignature(List<Bytes> certificates, Bytes signature) {

    /** Copies the list. */
    public SenderSignature {
        certificates = List.copyOf(certificates);
    }
}
