package io.dialogsecurity.identity;

import io.dialogsecurity.crypto.ServiceKey;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;

/**
 * A service as itself: its certificate and the private key that belongs to it. Thread-safe. Closing it erases the key.
 */
public final class ServiceIdentity implements AutoCloseable {
    private final ServiceCertificate certificate;
    private final ServiceKey key;

    private ServiceIdentity(ServiceCertificate certificate, ServiceKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /**
     * Joins a certificate and a key after using both: what the key signs must verify, and what is wrapped to the
     * certificate must unwrap.
     *
     * @throws IllegalArgumentException if the certificate fits no suite or the key does not belong to it
     */
    public static ServiceIdentity of(ServiceCertificate certificate, ServiceKey key) {
        if (certificate.suites().isEmpty()) {
            throw new IllegalArgumentException(certificate + " fits no suite");
        }
        for (Suite suite : certificate.suites()) {
            if (!KeyPairCheck.belongTogether(certificate, suite, key)) {
                throw new IllegalArgumentException("the private key does not belong to the " + certificate);
            }
        }
        return new ServiceIdentity(certificate, key);
    }

    /** The public half. */
    public ServiceCertificate certificate() {
        return certificate;
    }

    /** The service this is. */
    public ServiceName serviceName() {
        return certificate.serviceName();
    }

    /** The private half, as verbs. */
    public ServiceKey key() {
        return key;
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "identity of " + serviceName().value();
    }
}
