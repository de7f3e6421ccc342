package io.dialogsecurity.identity;

/** What can be told of a DER encoding without decoding it. */
final class Der {
    private static final int SEQUENCE = 0x30;
    private static final int LONG_FORM = 0x80;
    private static final int MAX_LENGTH_BYTES = 4;

    private Der() {}

    /**
     * Whether these bytes are one SEQUENCE, which certificates, revocation lists and keys are, from the first to the last:
     * parsers take the first and do not say that there is more.
     */
    static boolean isOneObject(byte[] der) {
        if (der.length < 2 || der[0] != SEQUENCE) {
            return false;
        }
        int first = der[1] & 0xFF;
        if (first < LONG_FORM) {
            return der.length == 2 + first;
        }
        int lengthBytes = first - LONG_FORM;
        if (lengthBytes == 0 || lengthBytes > MAX_LENGTH_BYTES || der.length < 2 + lengthBytes) {
            return false;
        }
        long length = 0;
        for (int i = 0; i < lengthBytes; i++) {
            length = (length << Byte.SIZE) | (der[2 + i] & 0xFF);
        }
        return der.length == 2 + lengthBytes + length;
    }
}
