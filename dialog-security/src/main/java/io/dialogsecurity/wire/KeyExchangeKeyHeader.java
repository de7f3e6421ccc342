package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.KeyId;
import java.util.List;

/**
 * Layer 3: the key exchange key.
 *
 * @param keyId its name
 * @param notBeforeMillis first moment of use, milliseconds since the epoch, UTC
 * @param notAfterMillis last moment of use, milliseconds since the epoch, UTC
 * @param wraps the key wrapped to each target in the order of the service-pair header, then to the initiator
 */
public record KeyExchangeKeyHeader(KeyId keyId, long notBeforeMillis, long notAfterMillis, List<Bytes> wraps)
        implements HeaderLayer {

    /** Copies the list. */
    public KeyExchangeKeyHeader {
        wraps = List.copyOf(wraps);
    }

    @Override
    public Layer layer() {
        return Layer.KEY_EXCHANGE_KEY_HEADER;
    }

    /** The wrap for the party at a sender index: 0 the initiator, i + 1 target i. */
    public Bytes wrapFor(int senderIndex) {
        return wraps.get(senderIndex == 0 ? wraps.size() - 1 : senderIndex - 1);
    }
}
