package io.dialogsecurity.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Searches every file beneath a directory for texts that must not be readable there, in UTF-8 and
 * in UTF-16 of both byte orders (the broker's journal keeps Core text bodies in UTF-16). Reads files
 * in pieces, whatever their size. Instances are immutable and may be shared between threads.
 *
 * <p>It finds what is written contiguously; compressed or split text it does not find.
 */
public final class PlaintextSearch {

    private static final int MIN_MARKER_CHARS = 6;
    private static final int PIECE_BYTES = 1 << 20;
    private static final List<Charset> ENCODINGS =
            List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE);

    /**
     * One place where a marker was found.
     *
     * @param file the file
     * @param offset the position of the marker's first byte
     * @param marker the text
     * @param encoding how the text was written there
     */
    public record Hit(Path file, long offset, String marker, Charset encoding) {}

    private final List<Pattern> patterns;
    private final int overlap;

    private PlaintextSearch(List<Pattern> patterns) {
        this.patterns = patterns;
        this.overlap = patterns.stream().mapToInt(p -> p.bytes.length).max().orElseThrow() - 1;
    }

    /**
     * A search for these texts.
     *
     * @throws IllegalArgumentException when there is none, or one is so short that it might turn up by
     *     chance
     */
    public static PlaintextSearch forMarkers(Collection<String> markers) {
        if (markers.isEmpty()) {
            throw new IllegalArgumentException("nothing to search for");
        }
        List<Pattern> patterns = new ArrayList<>();
        for (String marker : markers) {
            if (marker.length() < MIN_MARKER_CHARS) {
                throw new IllegalArgumentException(
                        "a marker of less than " + MIN_MARKER_CHARS + " characters turns up by chance");
            }
            for (Charset encoding : ENCODINGS) {
                patterns.add(new Pattern(marker, encoding));
            }
        }
        return new PlaintextSearch(List.copyOf(patterns));
    }

    /** A search for these texts. */
    public static PlaintextSearch forMarkers(String... markers) {
        return forMarkers(List.of(markers));
    }

    /**
     * All hits in all regular files beneath a directory, in the order of path, then marker. A file
     * that disappears meanwhile (a running broker removes some) is passed over.
     */
    public List<Hit> in(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(directory)) {
            files = tree.filter(Files::isRegularFile).sorted().toList();
        }
        List<Hit> hits = new ArrayList<>();
        byte[] piece = new byte[PIECE_BYTES + overlap];
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                search(in, file, piece, hits);
            } catch (NoSuchFileException e) {
                continue;
            }
        }
        return hits;
    }

    private void search(InputStream in, Path file, byte[] piece, List<Hit> hits) throws IOException {
        long pieceOffset = 0;
        int kept = 0;
        while (true) {
            int read = in.readNBytes(piece, kept, piece.length - kept);
            if (read == 0) {
                return;
            }
            int filled = kept + read;
            for (Pattern pattern : patterns) {
                // What lies wholly in the kept part was reported with the piece before.
                int from = Math.max(0, kept - pattern.bytes.length + 1);
                for (int at = pattern.find(piece, from, filled); at >= 0; at = pattern.find(piece, at + 1, filled)) {
                    hits.add(new Hit(file, pieceOffset + at, pattern.marker, pattern.encoding));
                }
            }
            kept = Math.min(overlap, filled);
            System.arraycopy(piece, filled - kept, piece, 0, kept);
            pieceOffset += filled - kept;
        }
    }

    /** One text in one encoding, searched as Horspool does: the last byte decides how far to skip. */
    private static final class Pattern {

        private final String marker;
        private final Charset encoding;
        private final byte[] bytes;
        private final int[] skip = new int[256];

        private Pattern(String marker, Charset encoding) {
            this.marker = marker;
            this.encoding = encoding;
            this.bytes = marker.getBytes(encoding);
            Arrays.fill(skip, bytes.length);
            for (int i = 0; i < bytes.length - 1; i++) {
                skip[bytes[i] & 0xff] = bytes.length - 1 - i;
            }
        }

        private int find(byte[] text, int from, int to) {
            int last = bytes.length - 1;
            int at = from;
            while (at + last < to) {
                byte end = text[at + last];
                if (end == bytes[last] && Arrays.equals(text, at, at + last, bytes, 0, last)) {
                    return at;
                }
                at += skip[end & 0xff];
            }
            return -1;
        }
    }
}
