package io.dialogsecurity.artemis.speaker;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.identity.ServiceIdentity;

/**
 * A service this process speaks for.
 *
 * @param identity its certificate and private key
 * @param endpoint seals and opens with it
 */
public record Speaker(ServiceIdentity identity, DialogEndpoint endpoint) implements AutoCloseable {

    /** Names the identity: the fingerprint of its certificate. */
    public String key() {
        return identity.certificate().fingerprintHex();
    }

    /** Erases the keys. */
    @Override
    public void close() {
        endpoint.close();
        identity.close();
    }
}
