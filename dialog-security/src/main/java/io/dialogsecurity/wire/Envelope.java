package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;
import java.util.Optional;

/**
 * A whole envelope whose body is in one piece, as values: for inspection, tests and tools. The hot path reads
 * {@link EnvelopeFrame} instead and never builds one of these.
 */
public record Envelope(
        SecurityPreamble preamble,
        ServicePairHeader servicePair,
        KeyExchangeKeyHeader keyExchangeKey,
        DialogSessionKeyHeader dialogSessionKey,
        MessageHeader message,
        Bytes body,
        Optional<SenderSignature> senderSignature) {}
