package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Leasable;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.wire.KeyExchangeKeyHeader;
import io.dialogsecurity.wire.ServicePairHeader;
import java.time.Instant;

/** Layers 2 and 3 whose signature has been verified, and the trust they were verified under. Holds no secret. */
final class VerifiedPair implements Leasable {

    final Suite suite;
    final ServicePairHeader servicePair;
    final KeyExchangeKeyHeader keyExchangeKey;
    final Bytes pairHash;
    final ServiceCertificate initiator;
    private volatile TrustContext checkedUnder;

    VerifiedPair(
            Suite suite,
            ServicePairHeader servicePair,
            KeyExchangeKeyHeader keyExchangeKey,
            Bytes pairHash,
            ServiceCertificate initiator,
            TrustContext checkedUnder) {
        this.suite = suite;
        this.servicePair = servicePair;
        this.keyExchangeKey = keyExchangeKey;
        this.pairHash = pairHash;
        this.initiator = initiator;
        this.checkedUnder = checkedUnder;
    }

    /** Whether trust was checked under this very context, and would be found the same at this time. */
    boolean holdsUnder(TrustContext context, Instant at) {
        return checkedUnder.equals(context) && initiator.validAt(at);
    }

    void checkedUnder(TrustContext context) {
        this.checkedUnder = context;
    }

    @Override
    public boolean tryLease() {
        return true;
    }

    @Override
    public void release() {
        // nothing to erase
    }
}
