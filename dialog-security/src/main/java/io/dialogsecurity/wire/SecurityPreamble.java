package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;

/**
 * Layer 1, {@value WireFormat#PREAMBLE_BYTES} bytes.
 *
 * @param major a reader refuses a major version it does not know
 * @param minor 0
 * @param suite the suite's number
 * @param mic the AEAD tag, 16 bytes, over body and every header
 * @param creationTimeMillis when the message was sealed, milliseconds since the epoch, UTC (the seed's GMT)
 * @param salt 16 bytes, of which the first 12 are the nonce
 * @param headerLength bytes of layers 2 to 4 with their frames
 */
public record SecurityPreamble(
        int major, int minor, int suite, Bytes mic, long creationTimeMillis, Bytes salt, int headerLength) {}
