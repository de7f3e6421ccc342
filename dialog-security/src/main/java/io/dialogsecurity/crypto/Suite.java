package io.dialogsecurity.crypto;

import java.util.Optional;

/**
 * A released combination of algorithms. A suite is chosen as a whole; nothing in it can be configured, so nothing in it
 * can be downgraded. The registry is the table "Suites" of {@code WIRE-FORMAT.md}.
 */
public enum Suite {
    /**
     * RSA of 3072 bits or more: RSASSA-PSS with SHA-256, MGF1-SHA-256 and a 32-byte salt (RFC 8017, section 8.1);
     * RSAES-OAEP with SHA-256 and MGF1-SHA-256 (RFC 8017, section 7.1); AES-256 key wrap (RFC 3394); HKDF-SHA-256 (RFC
     * 5869); AES-256-GCM (NIST SP 800-38D).
     */
    SUITE_1(1),
    /**
     * Ed25519 (RFC 8032); HPKE base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM (RFC 9180);
     * AES-256 key wrap, HKDF-SHA-256 and AES-256-GCM as in suite 1.
     */
    SUITE_2(2);

    private final int code;

    Suite(int code) {
        this.code = code;
    }

    /** The suite's number on the wire, an unsigned 16-bit integer. */
    public int code() {
        return code;
    }

    /** The suite with this number, or empty if this release does not know it. */
    public static Optional<Suite> of(int code) {
        return switch (code) {
            case 1 -> Optional.of(SUITE_1);
            case 2 -> Optional.of(SUITE_2);
            default -> Optional.empty();
        };
    }
}
