package io.dialogsecurity.crypto;

import java.util.concurrent.atomic.LongAdder;

/** Counts cryptographic operations, to prove amortisation. Thread-safe; reading is a snapshot, not an instant. */
public final class CryptoCounters {

    private final LongAdder signatures = new LongAdder();
    private final LongAdder verifications = new LongAdder();
    private final LongAdder publicKeyWraps = new LongAdder();
    private final LongAdder publicKeyUnwraps = new LongAdder();
    private final LongAdder dialogKeyWraps = new LongAdder();
    private final LongAdder dialogKeyUnwraps = new LongAdder();
    private final LongAdder aeadSeals = new LongAdder();
    private final LongAdder aeadOpens = new LongAdder();

    /**
     * Operations since the counters were made.
     *
     * @param signatures private-key signatures
     * @param verifications public-key verifications of envelopes, without those of certificate paths
     * @param publicKeyWraps key exchange keys wrapped to a public key
     * @param publicKeyUnwraps key exchange keys unwrapped with a private key
     * @param dialogKeyWraps dialog secrets wrapped by a key exchange key
     * @param dialogKeyUnwraps dialog secrets unwrapped by a key exchange key
     * @param aeadSeals AEAD encryptions, a chunk being one
     * @param aeadOpens AEAD decryptions, a chunk being one, failed ones included
     */
    public record Snapshot(
            long signatures,
            long verifications,
            long publicKeyWraps,
            long publicKeyUnwraps,
            long dialogKeyWraps,
            long dialogKeyUnwraps,
            long aeadSeals,
            long aeadOpens) {

        /** Operations that use a public or private key of a service. */
        public long publicKeyOperations() {
            return signatures + verifications + publicKeyWraps + publicKeyUnwraps;
        }

        /** The operations of both. */
        public Snapshot plus(Snapshot other) {
            return new Snapshot(
                    signatures + other.signatures,
                    verifications + other.verifications,
                    publicKeyWraps + other.publicKeyWraps,
                    publicKeyUnwraps + other.publicKeyUnwraps,
                    dialogKeyWraps + other.dialogKeyWraps,
                    dialogKeyUnwraps + other.dialogKeyUnwraps,
                    aeadSeals + other.aeadSeals,
                    aeadOpens + other.aeadOpens);
        }

        /** What happened after an earlier snapshot. */
        public Snapshot since(Snapshot earlier) {
            return new Snapshot(
                    signatures - earlier.signatures,
                    verifications - earlier.verifications,
                    publicKeyWraps - earlier.publicKeyWraps,
                    publicKeyUnwraps - earlier.publicKeyUnwraps,
                    dialogKeyWraps - earlier.dialogKeyWraps,
                    dialogKeyUnwraps - earlier.dialogKeyUnwraps,
                    aeadSeals - earlier.aeadSeals,
                    aeadOpens - earlier.aeadOpens);
        }
    }

    /** The counts now. */
    public Snapshot snapshot() {
        return new Snapshot(
                signatures.sum(),
                verifications.sum(),
                publicKeyWraps.sum(),
                publicKeyUnwraps.sum(),
                dialogKeyWraps.sum(),
                dialogKeyUnwraps.sum(),
                aeadSeals.sum(),
                aeadOpens.sum());
    }

    public void countSignature() {
        signatures.increment();
    }

    public void countVerification() {
        verifications.increment();
    }

    public void countPublicKeyWrap() {
        publicKeyWraps.increment();
    }

    public void countPublicKeyUnwrap() {
        publicKeyUnwraps.increment();
    }

    public void countDialogKeyWrap() {
        dialogKeyWraps.increment();
    }

    public void countDialogKeyUnwrap() {
        dialogKeyUnwraps.increment();
    }

    public void countAeadSeal() {
        aeadSeals.increment();
    }

    public void countAeadOpen() {
        aeadOpens.increment();
    }
}
