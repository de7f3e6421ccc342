package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;

/**
 * Layers 2 and 3, parsed, beside the exact bytes they were parsed from.
 *
 * @param servicePairBytes layer 2 with its frame
 * @param keyExchangeKeyBytes layer 3 with its frame
 */
public record PairHeaders(
        ServicePairHeader servicePair,
        KeyExchangeKeyHeader keyExchangeKey,
        Bytes servicePairBytes,
        Bytes keyExchangeKeyBytes) {

    /** Bytes of both. */
    public int length() {
        return servicePairBytes.length() + keyExchangeKeyBytes.length();
    }
}
