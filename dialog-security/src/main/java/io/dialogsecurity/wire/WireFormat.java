package io.dialogsecurity.wire;

/**
 * The numbers of the wire format, version 1.0: sizes in bytes, offsets from the first byte of the envelope, limits. The
 * limits bound what a stranger can make a parser allocate; they are generous against real certificates and names, and
 * small against memory.
 */
public final class WireFormat {

    /** D5, then "DIA": no UTF-8 text starts so. */
    public static final int MAGIC = 0xD5444941;

    public static final int MAJOR = 1;
    public static final int MINOR = 0;

    public static final int MIC_BYTES = 16;
    public static final int SALT_BYTES = 16;
    /** The first bytes of the salt are the nonce; the rest is zero. */
    public static final int NONCE_BYTES = 12;

    public static final int VERSION_OFFSET = 4;
    public static final int SUITE_OFFSET = 6;
    public static final int MIC_OFFSET = 8;
    public static final int CREATION_TIME_OFFSET = 24;
    public static final int SALT_OFFSET = 32;
    public static final int HEADER_LENGTH_OFFSET = 48;
    public static final int PREAMBLE_BYTES = 52;

    /** A frame is a type byte and an unsigned 32-bit length. */
    public static final int FRAME_BYTES = 5;

    /** At the start of the message header's content. */
    public static final int SEQUENCE_BYTES = 8;

    public static final int WRAPPED_DIALOG_SECRET_BYTES = 40;
    public static final int COMMITMENT_BYTES = 32;
    public static final int FINGERPRINT_BYTES = 32;
    /** Dialog id, direction, sender, key id, validity: what the wrap and the commitment are bound to. */
    public static final int DIALOG_CONTEXT_BYTES = 16 + 1 + 1 + 16 + 8 + 8;

    public static final int DIALOG_HEADER_BYTES = DIALOG_CONTEXT_BYTES + WRAPPED_DIALOG_SECRET_BYTES + COMMITMENT_BYTES;

    public static final int MAX_HEADER_BYTES = 256 * 1024;
    public static final int MAX_ISSUER_BYTES = 1024;
    public static final int MAX_SERIAL_BYTES = 20;
    public static final int MAX_CERTIFICATES = 6;
    public static final int MAX_CERTIFICATE_BYTES = 16 * 1024;
    public static final int MAX_TARGETS = 32;
    public static final int MAX_SIGNATURE_BYTES = 4096;
    public static final int MAX_WRAPPED_BYTES = 4096;
    public static final int MAX_DESTINATION_BYTES = 1024;
    public static final int MIN_CHUNK_BYTES = 1024;
    public static final int MAX_CHUNK_BYTES = 16 * 1024 * 1024;
    public static final int MAX_CONTENT_SECTION_BYTES = 16 * 1024 * 1024;
    public static final int MAX_ERROR_TEXT_BYTES = 1024;

    private WireFormat() {}
}
