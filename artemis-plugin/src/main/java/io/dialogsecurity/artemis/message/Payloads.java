package io.dialogsecurity.artemis.message;

import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.wire.ContentCodec;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What both forms ask of a payload beside which there are octets of the original. */
final class Payloads {

    private Payloads() {}

    /**
     * Whether a payload says what a value says.
     *
     * @param value what the octets of the original say: a {@code String}, {@code byte[]}, {@code Map} or {@code List}, or
     *     null
     */
    @SuppressWarnings("unchecked")
    static boolean say(Object value, Opened opened) {
        byte[] expected;
        if (value instanceof String text) {
            expected = ContentCodec.encodeText(text);
        } else if (value instanceof byte[] octets) {
            expected = octets;
        } else if (value instanceof Map<?, ?> map) {
            expected = ContentCodec.encodeMap((Map<String, ?>) map);
        } else if (value instanceof List<?> list) {
            expected = ContentCodec.encodeStream(list);
        } else {
            return opened.nullBody() || opened.payloadLength() == 0;
        }
        int start = opened.payloadOffset();
        return !opened.nullBody()
                && Arrays.equals(
                        expected, 0, expected.length, opened.payloadArray(), start, start + opened.payloadLength());
    }

    /** The octets of the original and the payload are of two messages. */
    static EnvelopeFormatException contradiction() {
        return new EnvelopeFormatException(Layer.BODY, "has octets beside its payload that say something else");
    }

    static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException(
                "A large message cannot be sealed by the broker, because it is written to a file"
                        + " before; use the client-side endpoint, which seals it before it is sent, or smaller messages");
    }
}
