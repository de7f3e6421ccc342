package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.DialogKey;
import io.dialogsecurity.crypto.KeyExchangeKey;
import io.dialogsecurity.crypto.Leased;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.WindowKey;
import io.dialogsecurity.wire.DialogSessionKeyHeader;
import io.dialogsecurity.wire.EnvelopeFrame;

/**
 * What a receiver has derived from the static headers of a dialog and direction: the exact bytes it believed, and the key
 * they led to. Its monitor guards the key's cipher.
 */
final class OpeningDialog extends Leased {

    final VerifiedPair pair;
    final DialogSessionKeyHeader header;
    final ContextHashes contexts;
    final DialogKey key;
    final KeyExchangeKey keyExchangeKey;
    /** This side's place in the service pair: 0 the initiator, i + 1 target i. */
    final int ownIndex;

    /** What was last found of a target that replies without a signature of its own; null before. */
    volatile HeaderVerifier.SenderTrust replierTrust;

    /** Names the window of messages that come through no particular subscription. */
    final WindowKey windowKey;

    /** That window, as it was last found; null before. */
    volatile ReceiveWindow window;

    /** Whether what the static headers say of the dialog is remembered; a race says it twice. */
    volatile boolean remembered;

    final BelievedHeaders headers;

    /**
     * Takes over one lease of each key.
     *
     * @param receiver name of the service that opens
     */
    OpeningDialog(
            BelievedHeaders headers, DialogKey key, KeyExchangeKey keyExchangeKey, int ownIndex, String receiver) {
        this.headers = headers;
        this.pair = headers.pair;
        this.header = headers.dialog;
        this.contexts = new ContextHashes(headers.headerHash);
        this.key = key;
        this.keyExchangeKey = keyExchangeKey;
        this.ownIndex = ownIndex;
        Bytes sender = pair.servicePair.party(header.senderIndex()).fingerprint();
        this.windowKey = new WindowKey(sender, receiver, header.dialogId(), header.direction(), header.instance(), "");
    }

    /** Whether an envelope has exactly the static headers, and the suite, this was derived from. */
    boolean fits(EnvelopeFrame frame) {
        return headers.fit(frame);
    }

    @Override
    protected void erase() {
        key.release();
        keyExchangeKey.release();
    }
}
