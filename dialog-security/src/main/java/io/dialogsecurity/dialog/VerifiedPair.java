package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Leasable;
import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.wire.KeyExchangeKeyHeader;
import io.dialogsecurity.wire.ServicePairHeader;

/** Layers 2 and 3 whose signature has been verified, and the trust they were verified under. Holds no secret. */
final class VerifiedPair implements Leasable {

    final Suite suite;
    /** Layers 2 and 3 with their frames, as they travel; shared by all that is derived from them. */
    final byte[] layers;
    /** The same, for states to share. */
    final Bytes sharedLayers;

    final ServicePairHeader servicePair;
    final KeyExchangeKeyHeader keyExchangeKey;
    final Bytes pairHash;
    final ServiceCertificate initiator;
    private final long validFromMillis;
    private final long validUntilMillis;
    private volatile TrustContext checkedUnder;

    VerifiedPair(
            Suite suite,
            byte[] layers,
            ServicePairHeader servicePair,
            KeyExchangeKeyHeader keyExchangeKey,
            Bytes pairHash,
            ServiceCertificate initiator,
            TrustContext checkedUnder) {
        this.suite = suite;
        this.layers = layers;
        this.sharedLayers = Bytes.copyOf(layers);
        this.servicePair = servicePair;
        this.keyExchangeKey = keyExchangeKey;
        this.pairHash = pairHash;
        this.initiator = initiator;
        this.validFromMillis = Parties.validFromMillis(initiator);
        this.validUntilMillis = Parties.validUntilMillis(initiator);
        this.checkedUnder = checkedUnder;
    }

    /** Whether trust was checked under this very context, and no certificate of the chain begins or ends before this time. */
    boolean holdsUnder(TrustContext context, long atMillis) {
        return checkedUnder.equals(context) && validFromMillis <= atMillis && atMillis <= validUntilMillis;
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
