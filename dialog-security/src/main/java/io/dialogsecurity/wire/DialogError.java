package io.dialogsecurity.wire;

/**
 * Why one side has broken a dialog off.
 *
 * @param code what the applications have agreed upon, 0 to 65535
 * @param text what happened, in at most {@value WireFormat#MAX_ERROR_TEXT_BYTES} bytes of UTF-8, may be empty
 */
public record DialogError(int code, String text) {

    /** @throws IllegalArgumentException if the code or the text is beyond its limits, or the text cannot be UTF-8 */
    public DialogError {
        if (code < 0 || code > 0xFFFF) {
            throw new IllegalArgumentException("An error code is 0 to 65535, not " + code);
        }
        int bytes = ContentCodec.encodeText(text).length;
        if (bytes > WireFormat.MAX_ERROR_TEXT_BYTES) {
            throw new IllegalArgumentException("The text of an error takes " + bytes + " bytes, at most "
                    + WireFormat.MAX_ERROR_TEXT_BYTES + " are allowed");
        }
    }
}
