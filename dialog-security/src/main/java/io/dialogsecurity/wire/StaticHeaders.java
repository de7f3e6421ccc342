package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;

/**
 * Layers 2 to 4, parsed, beside the exact bytes they were parsed from.
 *
 * @param servicePairBytes layer 2 with its frame
 * @param keyExchangeKeyBytes layer 3 with its frame
 * @param dialogSessionKeyBytes layer 4 with its frame
 */
public record StaticHeaders(
        ServicePairHeader servicePair,
        KeyExchangeKeyHeader keyExchangeKey,
        DialogSessionKeyHeader dialogSessionKey,
        Bytes servicePairBytes,
        Bytes keyExchangeKeyBytes,
        Bytes dialogSessionKeyBytes) {

    /** The outer two of them. */
    public PairHeaders pair() {
        return new PairHeaders(servicePair, keyExchangeKey, servicePairBytes, keyExchangeKeyBytes);
    }
}
