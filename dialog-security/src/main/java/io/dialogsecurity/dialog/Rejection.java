package io.dialogsecurity.dialog;

/**
 * Why a message was refused. The codes are stable and the same in the specification, in metrics, in the audit log and in
 * the quarantine; outside, every refusal looks alike. The registry "Rejection codes".
 */
public enum Rejection {
    /** The message is not sealed, where only sealed ones may pass. */
    PLAINTEXT_REFUSED(1),
    /** It begins like an envelope and is none: a layer is cut, oversized, or not canonical. */
    MALFORMED(2),
    /** An envelope of a version this release does not know. */
    VERSION_UNSUPPORTED(3),
    /** A suite this release does not know, or policy does not accept. */
    SUITE_NOT_ACCEPTED(4),
    /** No trusted path to the signer's certificate, or no certificate at all. */
    CERTIFICATE_UNTRUSTED(5),
    /** The signer's certificate was not valid when the message was sealed. */
    CERTIFICATE_EXPIRED(6),
    /** The signer's certificate has been revoked. */
    CERTIFICATE_REVOKED(7),
    /** The signer's certificate has a weak key, a wrong usage, or does not belong to the names in the header. */
    CERTIFICATE_UNSUITABLE(8),
    /** The service-pair header's signature is not the initiator's over these headers. */
    SIGNATURE_INVALID(9),
    /** Sealed to other services. */
    NOT_FOR_US(10),
    /** Sent by the very side that received it, or travelling in the wrong direction. */
    REFLECTED(11),
    /** The key exchange key does not unwrap. */
    KEY_EXCHANGE_KEY_INVALID(12),
    /** The message was sealed outside the validity of its key exchange key or dialog key. */
    KEY_EXPIRED(13),
    /** The dialog key does not unwrap under this key exchange key in this place. */
    DIALOG_KEY_INVALID(14),
    /** The dialog key is not the one the header commits to. */
    COMMITMENT_MISMATCH(15),
    /** The MIC does not fit body and headers. */
    MIC_INVALID(16),
    /** The sender's own signature, needed where several targets share the keys, is missing or wrong. */
    SENDER_SIGNATURE_INVALID(17),
    /** Policy wants signed messages where several targets share the keys, and these are not. */
    AUTHENTICITY_NOT_ACCEPTED(18),
    /** Sealed longer ago than a message may live at its address; or, at a sender and a guard, to be delivered only then. */
    STALE(19),
    /** Sealed in the future, beyond the tolerated skew of clocks. */
    FROM_THE_FUTURE(20),
    /** Sealed for another destination. */
    WRONG_DESTINATION(21),
    /** An identical message is on its way and not stored yet. */
    REPLAYED(22),
    /** The sequence number has been used before, with another ciphertext. */
    SEQUENCE_CONFLICT(23),
    /** Messages are missing before this one, and policy does not allow gaps. */
    SEQUENCE_GAP(24),
    /** Acknowledged, or stored, so long ago that nobody can tell whether it is the same message. */
    SEQUENCE_TOO_OLD(25),
    /** The sending service may not send to this address. */
    SENDER_NOT_AUTHORISED(26),
    /** The connection may not speak for the sending service. */
    CONNECTION_NOT_ENTITLED(27),
    /** Larger than policy allows. */
    TOO_LARGE(28),
    /** A large message on a path that cannot seal or check it. */
    LARGE_MESSAGE_NOT_SEALABLE(29),
    /** Policy drops messages to this address. */
    DROPPED_BY_POLICY(30),
    /** What was inside the ciphertext is not what its kind promises. */
    CONTENT_INVALID(31),
    /** A mistake of ours or of the platform. The message is refused all the same. */
    INTERNAL_ERROR(32),
    /** The sender, or both sides, had said before that no more would be sent in this dialog. */
    DIALOG_ENDED(33),
    /** Nothing is remembered of the dialog that is to be continued. */
    DIALOG_UNKNOWN(34);

    private final int code;

    Rejection(int code) {
        this.code = code;
    }

    /** The stable number. */
    public int code() {
        return code;
    }
}
