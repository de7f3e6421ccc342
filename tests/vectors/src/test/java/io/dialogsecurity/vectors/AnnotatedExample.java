package io.dialogsecurity.vectors;

import io.dialogsecurity.wire.EnvelopeInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The annotated example in WIRE-FORMAT.md, which is the dump of a vector. */
final class AnnotatedExample {

    static final Path DOCUMENT = VectorRun.ROOT.resolve("../../dialog-security/doc/WIRE-FORMAT.md");
    private static final String BEGIN = "<!-- example:begin suite2-text -->\n";
    private static final String END = "<!-- example:end -->";

    private AnnotatedExample() {}

    /** What belongs between the marks. */
    static String expected() {
        byte[] envelope = Vector.read(VectorGenerator.CASES.resolve("positive").resolve("suite2-text.txt"))
                .bytes("envelope");
        return "```\n" + EnvelopeInspector.inspect(envelope).annotatedHex(envelope, Integer.MAX_VALUE) + "```\n";
    }

    /** What is between the marks. */
    static String present() throws IOException {
        String document = Files.readString(DOCUMENT);
        return document.substring(begin(document), end(document));
    }

    static void write() throws IOException {
        String document = Files.readString(DOCUMENT);
        Files.writeString(
                DOCUMENT, document.substring(0, begin(document)) + expected() + document.substring(end(document)));
    }

    private static int begin(String document) {
        return document.indexOf(BEGIN) + BEGIN.length();
    }

    private static int end(String document) {
        return document.indexOf(END);
    }
}
