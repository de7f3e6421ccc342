package io.dialogsecurity.wire;

/** A framed header of an envelope. */
public sealed interface HeaderLayer
        permits ServicePairHeader, KeyExchangeKeyHeader, DialogSessionKeyHeader, MessageHeader {

    /** Which layer this is. */
    Layer layer();
}
