package io.dialogsecurity.vectors;

/**
 * Every check of WIRE-FORMAT.md, by the step of opening that makes it. {@link ReferenceOpener} asks them by name, so that
 * one can be left out, and {@link ChecksTest} shows that a vector notices. The README beside the vectors lists them.
 */
enum Check {
    // --- Step 1: layer 1, then layers 5 to 7
    MAGIC(1, "PLAINTEXT_REFUSED", "the first four bytes are the magic"),
    PREAMBLE_THERE(1, "MALFORMED", "layer 1 has its 52 bytes"),
    MAJOR_VERSION(1, "VERSION_UNSUPPORTED", "the major version is 1"),
    MINOR_VERSION(1, "VERSION_UNSUPPORTED", "the minor version is 0"),
    CREATION_TIME(1, "MALFORMED", "the creation time is below 2^63"),
    SALT_TAIL(1, "MALFORMED", "bytes 12 to 15 of the salt are zero"),
    HEADER_LENGTH(1, "MALFORMED", "layers 2 to 4 have at most 262144 bytes"),
    LAYER_5_TYPE(1, "MALFORMED", "behind layers 2 to 4 is a frame of layer 5"),
    LAYER_5_THERE(1, "MALFORMED", "everything up to the end of layer 5 is there, and its fields are within it"),
    LAYER_5_END(1, "MALFORMED", "nothing is behind the fields of layer 5"),
    SEQUENCE_POSITIVE(1, "MALFORMED", "the sequence number is not 0"),
    SEQUENCE_RANGE(1, "MALFORMED", "the sequence number is below 2^63"),
    KIND_KNOWN(1, "MALFORMED", "the kind is in the registry"),
    FLAGS_KNOWN(1, "MALFORMED", "no unknown flag is set"),
    ERROR_ENDS(1, "MALFORMED", "an error has END_OF_DIALOG"),
    ERROR_IN_ONE_PIECE(1, "MALFORMED", "an error is not streamed"),
    ERROR_WITH_BODY(1, "MALFORMED", "an error has no NULL_BODY"),
    DESTINATION_LENGTH(1, "MALFORMED", "the destination has 1 to 1024 bytes"),
    DESTINATION_UTF8(1, "MALFORMED", "the destination is UTF-8"),
    CHUNK_SIZE(1, "MALFORMED", "the chunk size is 1024 to 16777216"),
    BODY_AS_EXPECTED(1, "MALFORMED", "a body in one piece is not opened as a stream, nor the other way round"),
    LAYER_6_TYPE(1, "MALFORMED", "behind layer 5 is a frame of layer 6"),
    LAYER_6_THERE(1, "MALFORMED", "the body is there to its end"),
    LAYER_7_MISSING(1, "MALFORMED", "where SIGNED is set, something is behind the body"),
    NOTHING_BEHIND(1, "MALFORMED", "where SIGNED is not set, nothing is behind the body"),
    LAYER_7_TYPE(1, "MALFORMED", "what is behind the body is a frame of layer 7"),
    LAYER_7_THERE(1, "MALFORMED", "layer 7 is there to its end, and its fields are within it"),
    LAYER_7_END(1, "MALFORMED", "nothing is behind the fields of layer 7"),
    SENDER_CERTIFICATES(1, "MALFORMED", "layer 7 has at most 6 certificates"),
    SENDER_CERTIFICATE_LENGTH(1, "MALFORMED", "each has 1 to 16384 bytes"),
    SENDER_SIGNATURE_LENGTH(1, "MALFORMED", "the sender's signature has 1 to 4096 bytes"),
    ENVELOPE_END(1, "MALFORMED", "nothing is behind layer 7"),
    SUITE_KNOWN(1, "SUITE_NOT_ACCEPTED", "the suite is in the registry"),
    SUITE_ACCEPTED(1, "SUITE_NOT_ACCEPTED", "policy accepts the suite"),
    NOT_STALE(1, "STALE", "the message is not older than it may be"),
    NOT_FROM_THE_FUTURE(1, "FROM_THE_FUTURE", "it was not sealed in the future, beyond the skew"),

    // --- Step 1: layers 2 to 4
    LAYER_2_TYPE(1, "MALFORMED", "behind layer 1 is a frame of layer 2"),
    LAYER_2_THERE(1, "MALFORMED", "layer 2 is within the header length, and its fields are within it"),
    LAYER_2_END(1, "MALFORMED", "nothing is behind the fields of layer 2"),
    AUTHENTICITY_KNOWN(1, "MALFORMED", "the authenticity is in the registry"),
    AUTHENTICITY_OF_ONE(1, "MALFORMED", "with one target the authenticity is PAIR"),
    AUTHENTICITY_OF_SEVERAL(1, "MALFORMED", "with several targets the authenticity is not PAIR"),
    SERVICE_LENGTH(1, "MALFORMED", "a service has 1 to 128 bytes"),
    SERVICE_UTF8(1, "MALFORMED", "a service is UTF-8"),
    SERVICE_CONTROL(1, "MALFORMED", "a service has no control character"),
    ISSUER_LENGTH(1, "MALFORMED", "an issuer has 1 to 1024 bytes"),
    ISSUER_UTF8(1, "MALFORMED", "an issuer is UTF-8"),
    SERIAL_LENGTH(1, "MALFORMED", "a serial has 1 to 20 bytes"),
    SERIAL_ZEROS(1, "MALFORMED", "a serial has no leading zeros"),
    CERTIFICATE_DATE(1, "MALFORMED", "a certificate date is below 2^63"),
    CERTIFICATES(1, "MALFORMED", "layer 2 has at most 6 certificates"),
    CERTIFICATE_LENGTH(1, "MALFORMED", "each has 1 to 16384 bytes"),
    TARGETS(1, "MALFORMED", "there are 1 to 32 targets"),
    FINGERPRINTS_DIFFER(1, "MALFORMED", "no two parties have one fingerprint"),
    SIGNATURE_LENGTH(1, "MALFORMED", "the initiator's signature has 1 to 4096 bytes"),
    LAYER_3_TYPE(1, "MALFORMED", "behind layer 2 is a frame of layer 3"),
    LAYER_3_THERE(1, "MALFORMED", "layer 3 is within the header length, and its fields are within it"),
    LAYER_3_END(1, "MALFORMED", "nothing is behind the fields of layer 3"),
    KEY_NOT_BEFORE_RANGE(1, "MALFORMED", "layer 3's not before is below 2^63"),
    KEY_NOT_AFTER_RANGE(1, "MALFORMED", "layer 3's not after is below 2^63"),
    WRAPS(1, "MALFORMED", "there is one wrap more than targets"),
    WRAP_LENGTH(1, "MALFORMED", "a wrap has 1 to 4096 bytes"),
    LAYER_4_TYPE(1, "MALFORMED", "behind layer 3 is a frame of layer 4"),
    LAYER_4_LENGTH(1, "MALFORMED", "layer 4 has 122 bytes"),
    DIRECTION_KNOWN(1, "MALFORMED", "the direction is in the registry"),
    INITIATOR_SENDS(1, "MALFORMED", "in direction 0 the sender is 0"),
    TARGET_SENDS(1, "MALFORMED", "in direction 1 the sender is not 0"),
    SENDER_THERE(1, "MALFORMED", "the sender is not beyond the targets"),
    DIALOG_NOT_BEFORE_RANGE(1, "MALFORMED", "layer 4's not before is below 2^63"),
    DIALOG_NOT_AFTER_RANGE(1, "MALFORMED", "layer 4's not after is below 2^63"),
    HEADERS_END(1, "MALFORMED", "nothing is behind layer 4, within the header length"),

    // --- Step 2: the initiator's certificate, and in steps 5 and 6 a target's
    CERTIFICATE_AT_HAND(2, "CERTIFICATE_UNTRUSTED", "a certificate is in the envelope or known"),
    CERTIFICATE_READABLE(2, "CERTIFICATE_UNSUITABLE", "every certificate can be read"),
    CERTIFICATE_ALONE(2, "CERTIFICATE_UNSUITABLE", "each is one DER certificate and nothing more"),
    COMMON_NAME(2, "CERTIFICATE_UNSUITABLE", "the subject has one common name"),
    AGREEMENT_KEY(2, "CERTIFICATE_UNSUITABLE", "an X25519 key has 32 bytes"),
    NAME_AGREES(2, "CERTIFICATE_UNSUITABLE", "the service is the common name"),
    ISSUER_AGREES(2, "CERTIFICATE_UNSUITABLE", "the issuer is the certificate's"),
    SERIAL_AGREES(2, "CERTIFICATE_UNSUITABLE", "the serial is the certificate's"),
    DATE_AGREES(2, "CERTIFICATE_UNSUITABLE", "the certificate date is the certificate's"),
    FINGERPRINT_AGREES(2, "CERTIFICATE_UNSUITABLE", "the fingerprint is the certificate's"),
    REVOKED_BY_FINGERPRINT(2, "CERTIFICATE_REVOKED", "no fingerprint of the chain is revoked"),
    REVOKED(2, "CERTIFICATE_REVOKED", "the certificate is on no list of its issuer"),
    INTERMEDIATE_REVOKED(2, "CERTIFICATE_REVOKED", "nor is an intermediate"),
    LIST_OF_ITS_ISSUER(2, "CERTIFICATE_REVOKED", "a list of another issuer says nothing of it"),
    LIST_OUTDATED(2, "CERTIFICATE_REVOKED", "a list past its next update goes on revoking"),
    REVOKED_LATER(2, "CERTIFICATE_REVOKED", "an entry counts whatever its date"),
    REMOVED_FROM_LIST(2, "CERTIFICATE_REVOKED", "an entry with the reason removeFromCRL does not count"),
    SERVICE_KEY_BITS(2, "CERTIFICATE_UNSUITABLE", "an RSA key of a service has 3072 bits or more"),
    AUTHORITY_KEY_BITS(2, "CERTIFICATE_UNSUITABLE", "an RSA key of an intermediate has 2048 bits or more"),
    AUTHORITY_KEY_KIND(2, "CERTIFICATE_UNSUITABLE", "an intermediate's key is of a kind listed"),
    RSA_EXPONENT(2, "CERTIFICATE_UNSUITABLE", "the exponent of an RSA key is odd, 3 to 2^64 - 1"),
    CERTIFICATE_ALGORITHM(2, "CERTIFICATE_UNSUITABLE", "a certificate's signature is of the algorithms listed"),
    PINNED_FROM(2, "CERTIFICATE_EXPIRED", "an anchor that is the service's own certificate was valid"),
    PINNED_TO(2, "CERTIFICATE_EXPIRED", "and had not ended"),
    PINNED_ISSUES_NOTHING(2, "CERTIFICATE_UNTRUSTED", "an anchor that is no authority vouches for itself alone"),
    PATH_TO_ANCHOR(2, "CERTIFICATE_UNTRUSTED", "the last certificate was issued by an anchor"),
    PATH_ISSUER(2, "CERTIFICATE_UNTRUSTED", "each issuer is the subject of the next certificate"),
    PATH_SIGNATURE(2, "CERTIFICATE_UNTRUSTED", "each is signed with the key of the next"),
    ANCHOR_NAME_AND_KEY(2, "CERTIFICATE_UNTRUSTED", "of an anchor only its name and key count"),
    VALID_FROM(2, "CERTIFICATE_EXPIRED", "the certificate had begun at the creation time"),
    VALID_TO(2, "CERTIFICATE_EXPIRED", "and had not ended, to the millisecond"),
    INTERMEDIATE_FROM(2, "CERTIFICATE_EXPIRED", "so had an intermediate"),
    INTERMEDIATE_TO(2, "CERTIFICATE_EXPIRED", "and it had not ended"),
    INTERMEDIATE_CA(2, "CERTIFICATE_UNTRUSTED", "an intermediate is a CA"),
    INTERMEDIATE_CERT_SIGN(2, "CERTIFICATE_UNTRUSTED", "its key usage, if there is one, has keyCertSign"),
    PATH_LENGTH(2, "CERTIFICATE_UNTRUSTED", "no path length constraint is exceeded"),
    CRITICAL_EXTENSION(2, "CERTIFICATE_UNTRUSTED", "no unknown extension is critical"),
    EXTENDED_KEY_USAGE(2, "CERTIFICATE_UNTRUSTED", "an extended key usage is not looked at"),
    NAME_CONSTRAINTS(2, "CERTIFICATE_UNTRUSTED", "name constraints hold"),
    EXPLICIT_POLICY(2, "CERTIFICATE_UNTRUSTED", "where policies are required, there are some"),
    LIST_SIGNED(2, "CERTIFICATE_UNTRUSTED", "of the lists in an intermediate's name one is signed with its key"),
    NO_AUTHORITY(2, "CERTIFICATE_UNSUITABLE", "the certificate is not one of a CA"),
    SUITE_KEYS(2, "CERTIFICATE_UNSUITABLE", "its keys are those of a suite"),
    DIGITAL_SIGNATURE(2, "CERTIFICATE_UNSUITABLE", "its key usage, if there is one, has digitalSignature"),
    KEY_ENCIPHERMENT(2, "CERTIFICATE_UNSUITABLE", "for RSA also keyEncipherment"),
    SIGNATURE_KEY(2, "SIGNATURE_INVALID", "the key is of the suite's kind"),
    SIGNATURE(2, "SIGNATURE_INVALID", "the initiator's signature verifies"),
    ED25519_RANGE(2, "SIGNATURE_INVALID", "S of an Ed25519 signature is below L"),
    RSA_LENGTH(2, "SIGNATURE_INVALID", "a signature of RSA has the length of the modulus"),
    RSA_RANGE(2, "SIGNATURE_INVALID", "and is smaller than it"),
    PSS_SALT(2, "SIGNATURE_INVALID", "the salt of RSASSA-PSS has 32 bytes"),
    GROUP_ACCEPTED(2, "AUTHENTICITY_NOT_ACCEPTED", "policy accepts the authenticity"),

    // --- Step 3
    FOR_US(3, "NOT_FOR_US", "the receiver's fingerprint is a party's"),
    WRAP_OPENS(3, "KEY_EXCHANGE_KEY_INVALID", "the wrap opens"),
    WRAP_RSA_LENGTH(3, "KEY_EXCHANGE_KEY_INVALID", "a wrap of RSA has the length of the modulus"),
    X25519_ZERO(3, "KEY_EXCHANGE_KEY_INVALID", "the X25519 result is not all zero"),
    SECRET_LENGTH(3, "KEY_EXCHANGE_KEY_INVALID", "the key exchange secret has 32 bytes"),

    // --- Step 4
    DIALOG_SECRET(4, "DIALOG_KEY_INVALID", "the dialog secret unwraps"),
    COMMITMENT(4, "COMMITMENT_MISMATCH", "the commitment is right"),

    // --- Step 5
    REPLIER_REVOKED(
            5, "CERTIFICATE_REVOKED", "a target that sends is not revoked, by issuer and serial or fingerprint"),
    REPLIER_KNOWN(5, "CERTIFICATE_UNTRUSTED", "its certificate, where it is known, passes step 2"),
    KEY_FROM(5, "KEY_EXPIRED", "the key exchange key had begun, give or take the skew"),
    KEY_TO(5, "KEY_EXPIRED", "and had not ended"),
    DIALOG_KEY_FROM(5, "KEY_EXPIRED", "the dialog key had begun, give or take the skew"),
    DIALOG_KEY_TO(5, "KEY_EXPIRED", "and had not ended"),
    TO_THIS_SIDE(5, "REFLECTED", "the direction leads to this receiver"),
    DESTINATION(5, "WRONG_DESTINATION", "the destination is where the message was received"),
    BYTE_ORDER_MARK(5, "WRONG_DESTINATION", "a byte order mark is a character of its text"),

    // --- Step 6
    SIGNED(6, "SENDER_SIGNATURE_INVALID", "there is a sender signature where there is to be one"),
    NOT_SIGNED(6, "SENDER_SIGNATURE_INVALID", "and nowhere else"),
    INITIATOR_BARE(6, "SENDER_SIGNATURE_INVALID", "the initiator's has no certificates"),
    SENDER_SIGNATURE_KEY(6, "SENDER_SIGNATURE_INVALID", "the sender's key is of the suite's kind"),
    SENDER_SIGNATURE(6, "SENDER_SIGNATURE_INVALID", "the sender's signature verifies"),
    MIC(6, "MIC_INVALID", "the MIC is right"),
    CHUNK_TYPE(6, "MALFORMED", "a chunk's frame is one of a chunk"),
    CHUNK_THERE(6, "MALFORMED", "a chunk is there to its end, and the last one comes"),
    CHUNK_TAG_THERE(6, "MALFORMED", "a chunk is not shorter than a tag"),
    CHUNK_FULL(6, "MALFORMED", "every chunk but the last has exactly the chunk size"),
    LAST_CHUNK_SIZE(6, "MALFORMED", "the last has at most the chunk size"),
    LAST_CHUNK_EMPTY(6, "MALFORMED", "it is empty only if it is the only one"),
    CHUNK_TAG(6, "MIC_INVALID", "a chunk's tag is right"),
    STREAM_END(6, "MALFORMED", "nothing is behind the end of a stream"),

    // --- Step 7
    OTHER_CIPHERTEXT(7, "SEQUENCE_CONFLICT", "a known number has the ciphertext it had"),
    NO_GAP(7, "SEQUENCE_GAP", "no number is missing, where policy forbids it"),
    FIRST_NUMBER(7, "SEQUENCE_GAP", "the first number a receiver sees of a dialog is no gap"),
    NOT_ENDED(7, "DIALOG_ENDED", "a new number is not larger than the sender's last"),
    FIRST_END(7, "DIALOG_ENDED", "of two ends the one seen first counts"),
    NUMBERS_OF_CERTIFICATE(7, "SEQUENCE_CONFLICT", "numbers are those of one certificate"),
    NUMBERS_OF_DIALOG(7, "SEQUENCE_CONFLICT", "in one dialog"),
    NUMBERS_OF_INSTANCE(7, "SEQUENCE_CONFLICT", "and in direction 1 of one instance"),

    // --- Step 8
    CONTENT_THERE(8, "CONTENT_INVALID", "section and values are there to their end"),
    SECTION_LENGTH(8, "CONTENT_INVALID", "the content section is within the plaintext"),
    SECTION_END(8, "CONTENT_INVALID", "nothing is behind the fields of the content section"),
    CONTENT_TYPE_UTF8(8, "CONTENT_INVALID", "the content type is UTF-8"),
    NAMES_ASCEND(8, "CONTENT_INVALID", "names ascend"),
    NAMES_BY_CODE_UNIT(8, "CONTENT_INVALID", "namely by UTF-16 code unit"),
    NAMES_ONCE(8, "CONTENT_INVALID", "no name comes twice"),
    NAME_UTF8(8, "CONTENT_INVALID", "a name is UTF-8"),
    VALUE_TYPE(8, "CONTENT_INVALID", "a value's type is in the registry"),
    BOOLEAN(8, "CONTENT_INVALID", "a boolean is 0 or 1"),
    STRING_UTF8(8, "CONTENT_INVALID", "a string is UTF-8"),
    NONE_EMPTY(8, "CONTENT_INVALID", "the payload of NONE is empty"),
    NULL_EMPTY(8, "CONTENT_INVALID", "the payload of a null body is empty"),
    TEXT_UTF8(8, "CONTENT_INVALID", "the payload of TEXT is UTF-8"),
    MAP_END(8, "CONTENT_INVALID", "nothing is behind the values of MAP"),
    VALUES_END(8, "CONTENT_INVALID", "nothing is behind the values of STREAM"),
    ERROR_CODE(8, "CONTENT_INVALID", "an error has its code"),
    ERROR_TEXT_LENGTH(8, "CONTENT_INVALID", "the text of an error has at most 1024 bytes"),
    ERROR_UTF8(8, "CONTENT_INVALID", "the text of an error is UTF-8");

    private final int step;
    private final String code;
    private final String says;

    Check(int step, String code, String says) {
        this.step = step;
        this.code = code;
        this.says = says;
    }

    /** The step of opening. */
    int step() {
        return step;
    }

    /** The name of the rejection, if the check does not hold. */
    String code() {
        return code;
    }

    /** A row of the table in the README. */
    String row() {
        return "| " + step + " | `" + name() + "` | " + says + " | `" + code + "` |";
    }
}
