package io.dialogsecurity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaintextSearchTest {

    private static final String MARKER = "IBAN DE02 1203 0000";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16BE", "UTF-16LE"})
    void findsTheMarkerInEveryEncodingAtItsOffset(String encoding) throws IOException {
        Charset charset = Charset.forName(encoding);
        // An odd offset and no zero bytes around, so that only this encoding fits.
        Path file = fileOf(4099, 77, MARKER.getBytes(charset));

        assertThat(PlaintextSearch.forMarkers(MARKER).in(directory))
                .containsExactly(new PlaintextSearch.Hit(file, 77, MARKER, charset));
    }

    @Test
    void findsAMarkerOnceWhereverItCrossesThePiecesOfALongFile() throws IOException {
        byte[] marker = MARKER.getBytes(StandardCharsets.UTF_8);
        PlaintextSearch search = PlaintextSearch.forMarkers(MARKER);
        int piece = 1 << 20;
        for (int offset = piece - 30; offset <= piece + 60; offset++) {
            Path file = fileOf(2 * piece + 500, offset, marker);

            assertThat(search.in(directory))
                    .containsExactly(new PlaintextSearch.Hit(file, offset, MARKER, StandardCharsets.UTF_8));
        }
    }

    @Test
    void findsEveryMarkerEveryTimeInEveryFile() throws IOException {
        Files.createDirectories(directory.resolve("a/b"));
        Files.writeString(directory.resolve("a/b/one"), "ananas ananasananas");
        Files.writeString(directory.resolve("two"), "banana");

        List<PlaintextSearch.Hit> hits =
                PlaintextSearch.forMarkers("ananas", "banana").in(directory);

        assertThat(hits)
                .extracting(
                        hit -> directory.relativize(hit.file()).getFileName().toString(),
                        PlaintextSearch.Hit::offset,
                        PlaintextSearch.Hit::marker)
                .containsExactly(
                        tuple("one", 0L, "ananas"),
                        tuple("one", 7L, "ananas"),
                        tuple("one", 13L, "ananas"),
                        tuple("two", 0L, "banana"));
    }

    @Test
    void findsNothingWhereNothingIs() throws IOException {
        fileOf(3 << 20, 0, MARKER.substring(1).getBytes(StandardCharsets.UTF_8));
        Files.createFile(directory.resolve("empty"));

        assertThat(PlaintextSearch.forMarkers(MARKER).in(directory)).isEmpty();
    }

    @Test
    void refusesMarkersThatTurnUpByChance() {
        assertThatThrownBy(() -> PlaintextSearch.forMarkers("short")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PlaintextSearch.forMarkers(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private Path fileOf(int length, int offset, byte[] content) throws IOException {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0x81);
        System.arraycopy(content, 0, bytes, offset, content.length);
        return Files.write(directory.resolve("file"), bytes);
    }
}
