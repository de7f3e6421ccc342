package io.dialogsecurity.doc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.MessageFlags;
import io.dialogsecurity.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The registries of the document and the enums of the code say the same. */
class WireFormatDocumentTest {

    private static final Path DOCUMENT = Path.of("doc", "WIRE-FORMAT.md");

    @Test
    @DisplayName("Every registry in the document is the enum in the code, code by code and name by name")
    void registries() throws IOException {
        assertThat(registry("Suites")).isEqualTo(codes(Suite.values(), Suite::code));
        assertThat(registry("Authenticity")).isEqualTo(codes(Authenticity.values(), Authenticity::code));
        assertThat(registry("Directions")).isEqualTo(codes(Direction.values(), Direction::code));
        assertThat(registry("Kinds")).isEqualTo(codes(ContentKind.values(), ContentKind::code));
        assertThat(registry("Rejection codes")).isEqualTo(codes(Rejection.values(), Rejection::code));
        assertThat(registry("Flags"))
                .isEqualTo(Map.of(
                        hex(MessageFlags.CONTENT_SECTION), "CONTENT_SECTION",
                        hex(MessageFlags.STREAMED), "STREAMED",
                        hex(MessageFlags.SIGNED), "SIGNED",
                        hex(MessageFlags.END_OF_DIALOG), "END_OF_DIALOG",
                        hex(MessageFlags.NULL_BODY), "NULL_BODY"));
    }

    @Test
    @DisplayName("Every rejection has the meaning in the document that its Javadoc gives it")
    void rejectionMeanings() throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/dialogsecurity/dialog/Rejection.java"))
                .replaceAll("\\s*\\n\\s*\\*?\\s*", " ");
        for (String row : rows("Rejection codes")) {
            String[] cells = row.split("\\|");
            assertThat(source)
                    .contains("/** " + cells[3].strip() + " */ " + name(cells[2]) + "(" + cells[1].strip() + ")");
        }
    }

    @Test
    @DisplayName("The limits in the document are those of the code")
    void limits() throws IOException {
        assertThat(section("Limits"))
                .contains("| static headers | " + WireFormat.MAX_HEADER_BYTES + " bytes |")
                .contains("| targets | " + WireFormat.MAX_TARGETS + " |")
                .contains("| " + WireFormat.MAX_CERTIFICATES + ", " + WireFormat.MAX_CERTIFICATE_BYTES + " |")
                .contains(WireFormat.MAX_ISSUER_BYTES + ", " + WireFormat.MAX_DESTINATION_BYTES + " bytes |")
                .contains("| signature, wrap | " + WireFormat.MAX_SIGNATURE_BYTES + " bytes |")
                .contains("| text of an error | " + WireFormat.MAX_ERROR_TEXT_BYTES + " bytes |")
                .contains("| " + WireFormat.MAX_CHUNK_BYTES + " bytes of plaintext");
    }

    private static <E extends Enum<E>> Map<String, String> codes(E[] values, Function<E, Integer> code) {
        return Arrays.stream(values).collect(Collectors.toMap(value -> String.valueOf(code.apply(value)), Enum::name));
    }

    private static String hex(int flag) {
        return String.format("`%02x`", flag);
    }

    private static Map<String, String> registry(String heading) throws IOException {
        Map<String, String> registry = new LinkedHashMap<>();
        for (String row : rows(heading)) {
            String[] cells = row.split("\\|");
            registry.put(cells[1].strip(), name(cells[2]));
        }
        return registry;
    }

    private static List<String> rows(String heading) throws IOException {
        return section(heading)
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
    }

    private static String name(String cell) {
        return cell.strip().replace("`", "");
    }

    private static String section(String heading) throws IOException {
        String text = Files.readString(DOCUMENT);
        int start = text.indexOf("# " + heading + "\n");
        assertThat(start).as("a section named " + heading).isPositive();
        int end = text.indexOf("\n#", start + 1);
        return text.substring(start, end < 0 ? text.length() : end);
    }
}
