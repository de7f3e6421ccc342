package io.dialogsecurity.identity;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the blocks of a PEM file (RFC 7468), and leaves nothing out that was meant as one: what is skipped may be the
 * revocation list that would have revoked something.
 *
 * <p>Files are read as tools and people leave them: blocks glued together without an end of line between them, byte
 * order marks, blanks around lines, any ends of lines, text outside of blocks. What looks like the beginning, the end or
 * the inside of a block and is none is an {@link IdentityException} with the line and the remedy.
 */
final class PemScanner {
    /** A boundary, wherever in its line it stands. */
    private static final Pattern BOUNDARY = Pattern.compile("-----(BEGIN|END) ([^\\-\\r\\n]{1,64})-----");

    /** The word of a boundary beside dashes of any kind: what is left of one that was damaged. */
    private static final Pattern DAMAGED_BOUNDARY = Pattern.compile(
            "-----\\s{0,8}(BEGIN|END)\\b"
                    + "|[-\\x80-\\xFF]\\s{0,8}(BEGIN|END)\\s[A-Z0-9 ]{0,40}\\b"
                    + "(CERTIFICATE|CRL|KEY|REQUEST|PARAMETERS|PKCS7|CMS)"
                    + "|\\b(BEGIN|END)\\s[A-Z0-9 ]{0,40}\\b(CERTIFICATE|CRL|KEY|REQUEST|PARAMETERS|PKCS7|CMS)"
                    + "\\s{0,8}[-\\x80-\\xFF]{2}",
            Pattern.CASE_INSENSITIVE);

    /** A full line of Base64, which outside of a block has lost its beginning; digits alone may be a fingerprint. */
    private static final Pattern BODY_LINE = Pattern.compile("(?![0-9A-Fa-f]+$)[A-Za-z0-9+/]{60,}={0,2}");

    private static final Pattern LINE_END = Pattern.compile("\\r\\n|\\r|\\n");
    private static final Pattern NO_TEXT = Pattern.compile("[\\x00-\\x08\\x0E-\\x1F]");
    private static final Pattern NO_BASE64 = Pattern.compile("[^A-Za-z0-9+/=]");

    /** U+FEFF in UTF-8, read as ISO 8859-1; a glued bundle has one in the middle too. */
    private static final String BYTE_ORDER_MARK = "\u00EF\u00BB\u00BF";

    private final Path file;
    private final List<PemBlock> blocks = new ArrayList<>();
    private String label;
    private int begin;
    private StringBuilder body;

    private PemScanner(Path file) {
        this.file = file;
    }

    static List<PemBlock> scan(Path file, byte[] content) {
        PemScanner scanner = new PemScanner(file);
        String text = new String(content, StandardCharsets.ISO_8859_1).replace(BYTE_ORDER_MARK, "");
        int line = 0;
        for (String read : LINE_END.split(text, -1)) {
            line++;
            scanner.line(line, read);
        }
        if (scanner.label != null) {
            throw scanner.damaged(scanner.begin, "the block " + scanner.label + " has no end");
        }
        return scanner.blocks;
    }

    private void line(int number, String line) {
        Matcher boundary = BOUNDARY.matcher(line);
        int from = 0;
        while (boundary.find()) {
            text(number, line.substring(from, boundary.start()));
            from = boundary.end();
            if (boundary.group(1).equals("BEGIN")) {
                begin(number, boundary.group(2).strip());
            } else {
                end(number, boundary.group(2).strip());
            }
        }
        text(number, line.substring(from));
    }

    private void begin(int number, String found) {
        if (label != null) {
            throw damaged(begin, "the block " + label + " has no end before line " + number);
        }
        label = found;
        begin = number;
        body = new StringBuilder();
    }

    private void end(int number, String found) {
        if (!found.equals(label)) {
            throw damaged(
                    number,
                    "the end of a block " + found
                            + (label == null ? " that has no beginning" : " where one of " + label + " is open"));
        }
        blocks.add(new PemBlock(label, begin, decode()));
        label = null;
        body = null;
    }

    private byte[] decode() {
        byte[] encoded = body.toString().getBytes(StandardCharsets.ISO_8859_1);
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            // Without the cause, whose message would quote from what may be a key.
            throw damaged(begin, "the block " + label + " is not Base64 to its end");
        } finally {
            PrivateKeys.erase(encoded);
            body.setLength(0);
        }
    }

    private void text(int number, String text) {
        String stripped = text.strip();
        if (label == null) {
            if (NO_TEXT.matcher(stripped).find()) {
                throw damaged(number, "bytes that are no text, beside blocks");
            }
            if (DAMAGED_BOUNDARY.matcher(stripped).find()) {
                throw damaged(number, "something like the beginning or end of a block");
            }
            if (BODY_LINE.matcher(stripped).matches()) {
                throw damaged(number, "Base64 outside of any block");
            }
        } else if (stripped.contains(":")) {
            throw new IdentityException(
                    file,
                    "has a header in its block " + label + ", in line " + number,
                    "write the block again without headers; a key with 'openssl pkcs8 -topk8'");
        } else {
            String joined = stripped.replace(" ", "").replace("\t", "");
            if (NO_BASE64.matcher(joined).find()) {
                throw damaged(number, "the block " + label + " has characters that are not Base64");
            }
            body.append(joined);
        }
    }

    private IdentityException damaged(int line, String what) {
        return new IdentityException(
                file,
                "has a damaged PEM block, in line " + line + ": " + what,
                "write the file again from its source, unchanged");
    }
}
