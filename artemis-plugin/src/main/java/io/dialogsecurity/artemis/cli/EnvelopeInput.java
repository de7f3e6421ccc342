package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.wire.EnvelopeFrame;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import picocli.CommandLine.Parameters;

/** Where an envelope comes from: a file or standard input, as it is, in hexadecimal, or in base64. */
final class EnvelopeInput {

    private static final int MAX_TEXT_BYTES = 256 * 1024 * 1024;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = {
                "The envelope: a file, or - for standard input.",
                "Raw bytes, hexadecimal digits and base64 are told apart."
            })
    private String source;

    /** The envelope's bytes, from its first; to be closed. */
    InputStream open(Main main) throws IOException {
        InputStream in =
                new BufferedInputStream(source.equals("-") ? main.in() : Files.newInputStream(Path.of(source)));
        in.mark(4);
        byte[] start = in.readNBytes(4);
        in.reset();
        if (EnvelopeFrame.looksSealed(start, 0, start.length)) {
            return in;
        }
        try (in) {
            byte[] content = in.readNBytes(MAX_TEXT_BYTES + 1);
            if (content.length > MAX_TEXT_BYTES) {
                throw CommandFailure.failed(
                        name() + ": is no envelope, and too large to be one in text; convert it to raw bytes");
            }
            return new ByteArrayInputStream(decode(content));
        }
    }

    /** How to call it in a message. */
    String name() {
        return source.equals("-") ? "standard input" : source;
    }

    /** Text that is neither stays what it is: the parsers say what is wrong with it. */
    private static byte[] decode(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1).replaceAll("\\s+", "");
        if (text.regionMatches(true, 0, "0x", 0, 2)) {
            text = text.substring(2);
        }
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            return decodeBase64(content, text);
        }
    }

    private static byte[] decodeBase64(byte[] content, String text) {
        try {
            byte[] decoded = text.indexOf('-') >= 0 || text.indexOf('_') >= 0
                    ? Base64.getUrlDecoder().decode(text)
                    : Base64.getDecoder().decode(text);
            return EnvelopeFrame.looksSealed(decoded, 0, decoded.length) ? decoded : content;
        } catch (IllegalArgumentException e) {
            return content;
        }
    }
}
