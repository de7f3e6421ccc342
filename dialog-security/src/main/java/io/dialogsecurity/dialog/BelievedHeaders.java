package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Leasable;
import io.dialogsecurity.wire.DialogSessionKeyHeader;
import io.dialogsecurity.wire.EnvelopeFrame;
import java.util.Arrays;

/**
 * The static headers of a dialog and direction, believed, and the exact bytes they were. The bytes of layers 2 and 3 are
 * those of the pair, so that a thousand dialogs of one pair hold, and touch, one copy of them. Immutable; holds no secret.
 */
final class BelievedHeaders implements Leasable {

    final VerifiedPair pair;
    final DialogSessionKeyHeader dialog;
    final byte[] headerHash;

    private final int suite;
    private final byte[] dialogLayer;

    /** @param frame has these headers, and its pair's layers are those of {@code pair} */
    BelievedHeaders(VerifiedPair pair, DialogSessionKeyHeader dialog, EnvelopeFrame frame) {
        this.pair = pair;
        this.dialog = dialog;
        this.suite = pair.suite.code();
        this.headerHash =
                Transcript.headerHash(pair.suite, frame.array(), frame.headersOffset(), frame.headersLength());
        this.dialogLayer = Arrays.copyOfRange(
                frame.array(),
                frame.headersOffset() + pair.layers.length,
                frame.headersOffset() + frame.headersLength());
    }

    /** Whether an envelope has exactly the static headers, and the suite, that were believed. */
    boolean fit(EnvelopeFrame frame) {
        int pairLength = pair.layers.length;
        if (frame.suite() != suite || frame.headersLength() != pairLength + dialogLayer.length) {
            return false;
        }
        int from = frame.headersOffset();
        int between = from + pairLength;
        return Arrays.equals(pair.layers, 0, pairLength, frame.array(), from, between)
                && Arrays.equals(
                        dialogLayer, 0, dialogLayer.length, frame.array(), between, between + dialogLayer.length);
    }

    /** Layers 2 to 4 with their frames. */
    byte[] layers() {
        byte[] layers = Arrays.copyOf(pair.layers, pair.layers.length + dialogLayer.length);
        System.arraycopy(dialogLayer, 0, layers, pair.layers.length, dialogLayer.length);
        return layers;
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
