package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.DialogKey;
import io.dialogsecurity.crypto.KeyExchangeKey;
import io.dialogsecurity.crypto.Leased;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.wire.DialogSessionKeyHeader;
import io.dialogsecurity.wire.EnvelopeFrame;
import java.util.Arrays;

/**
 * What a receiver has derived from the static headers of a dialog and direction: the exact bytes it believed, and the key
 * they led to. Its monitor guards the key's cipher.
 */
final class OpeningDialog extends Leased {

    final VerifiedPair pair;
    final DialogSessionKeyHeader header;
    final Bytes sender;
    final byte[] headerHash;
    final DialogKey key;
    final KeyExchangeKey keyExchangeKey;
    /** This side's place in the service pair: 0 the initiator, i + 1 target i. */
    final int ownIndex;

    /** What was last found of a target that replies without a signature of its own; null before. */
    volatile HeaderVerifier.SenderTrust replierTrust;

    private final int suite;
    private final byte[] staticHeaders;

    /** Takes over one lease of each key. */
    OpeningDialog(
            VerifiedPair pair,
            DialogSessionKeyHeader header,
            byte[] staticHeaders,
            DialogKey key,
            KeyExchangeKey keyExchangeKey,
            int ownIndex) {
        this.pair = pair;
        this.header = header;
        this.sender = pair.servicePair.party(header.senderIndex()).fingerprint();
        this.suite = pair.suite.code();
        this.staticHeaders = staticHeaders;
        this.headerHash = Transcript.headerHash(pair.suite, staticHeaders, 0, staticHeaders.length);
        this.key = key;
        this.keyExchangeKey = keyExchangeKey;
        this.ownIndex = ownIndex;
    }

    /** Whether an envelope has exactly the static headers, and the suite, this was derived from. */
    boolean fits(EnvelopeFrame frame) {
        return frame.suite() == suite
                && Arrays.equals(
                        staticHeaders,
                        0,
                        staticHeaders.length,
                        frame.array(),
                        frame.headersOffset(),
                        frame.headersOffset() + frame.headersLength());
    }

    @Override
    protected void erase() {
        key.release();
        keyExchangeKey.release();
    }
}
