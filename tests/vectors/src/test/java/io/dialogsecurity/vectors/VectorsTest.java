package io.dialogsecurity.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.VerifiedEnvelope;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class VectorsTest {

    private static final Pattern ROW = Pattern.compile("\\| `([a-z]+)/` \\| ([0-9]+) \\|.*");

    private static final Pattern LAYERS_ROW = Pattern.compile("\\| ([0-9, to]+) \\| ([1-8]\\b.*) \\|");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    @TestFactory
    Stream<DynamicTest> vectors() {
        return Vector.readAll(VectorGenerator.CASES).entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        VectorGenerator.CASES.relativize(each.getKey()).toString(),
                        each.getKey().toUri(),
                        () -> run(each.getValue())));
    }

    private static void run(Vector vector) throws Exception {
        switch (vector.get("expect")) {
            case "opened" -> opens(vector);
            case "rejected" -> isRefused(vector);
            default -> throw new AssertionError("the vector expects nothing known");
        }
    }

    private static void opens(Vector vector) throws Exception {
        VectorRun run = new VectorRun(vector);
        VectorRun.Outcome outcome = run.open();
        assertThat(outcome.rejected()).isNull();
        Opened opened = outcome.opened();
        assertThat(opened.suite().code()).hasToString(vector.get("suite"));
        assertThat(opened.authenticity()).hasToString(vector.get("authenticity"));
        assertThat(opened.initiator()).hasToString(vector.get("initiator"));
        assertThat(String.join(
                        " ", opened.targets().stream().map(Object::toString).toList()))
                .isEqualTo(vector.get("targets"));
        assertThat(opened.sender()).hasToString(vector.get("sender"));
        assertThat(opened.dialogId()).hasToString(vector.get("dialog-id"));
        assertThat(opened.direction().code()).hasToString(vector.get("direction"));
        assertThat(opened.sequence()).hasToString(vector.get("sequence"));
        assertThat(opened.arrival()).hasToString(vector.get("arrival"));
        assertThat(Instant.ofEpochMilli(opened.creationTimeMillis())).hasToString(vector.get("sealed-at"));
        assertThat(opened.destination()).isEqualTo(vector.get("destination"));
        assertThat(opened.kind()).hasToString(vector.get("kind"));
        assertThat(opened.nullBody()).isEqualTo(vector.get("null-body").equals("yes"));
        assertThat(opened.endsDialog()).isEqualTo(vector.get("end-of-dialog").equals("yes"));
        assertThat(opened.contentType()).isEqualTo(vector.get("content-type"));
        assertThat(Values.entries(opened.properties())).isEqualTo(vector.all("property"));
        assertThat(outcome.payload()).isEqualTo(vector.bytes("payload"));
        assertThat(values(opened, vector)).isEqualTo(vector.all("value"));
        assertThat(run.guard()).isInstanceOf(VerifiedEnvelope.class);
        opensIndependently(vector);
    }

    private static List<String> values(Opened opened, Vector vector) throws Exception {
        if (vector.has("streamed")) {
            return vector.all("value"); // the payload is not in memory
        }
        return switch (opened.kind()) {
            case MAP -> Values.entries(opened.map());
            case STREAM -> opened.stream().stream().map(Values::of).toList();
            case ERROR ->
                opened.error().stream()
                        .map(error -> Values.error(error.code(), error.text()))
                        .toList();
            case TEXT -> opened.payloadLength() == 0 ? List.of() : List.of(Values.of(opened.text()));
            default -> List.of();
        };
    }

    /** The opener written from the document alone finds the same, and every value on the way. */
    private static void opensIndependently(Vector vector) {
        ReferenceOpener.Result found = Case.reference(vector);
        assertThat(found.payload()).isEqualTo(vector.bytes("payload"));
        assertThat(Values.entries(found.properties())).isEqualTo(vector.all("property"));
        assertThat(found.arrival()).isEqualTo(vector.get("arrival"));
        found.values().forEach((name, value) -> assertThat(value).as(name).isEqualTo(vector.bytes(name)));
    }

    private static void isRefused(Vector vector) throws Exception {
        VectorRun run = new VectorRun(vector);
        Rejected rejected = run.open().rejected();
        assertThat(rejected).isNotNull();
        assertThat(rejected.reason() + " " + rejected.reason().code()).isEqualTo(vector.get("code"));
        assertThat(rejected.layer()).hasToString(vector.get("layer"));
        String guard = run.guard() instanceof Rejected noticed ? "refuses " + noticed.reason() : "passes";
        assertThat(guard).isEqualTo(vector.get("guard"));
        isRefusedIndependently(vector, rejected);
    }

    /** The opener written from the document alone refuses for the same reason, and so does its guard. */
    private static void isRefusedIndependently(Vector vector, Rejected rejected) {
        ReferenceRun.Verdict verdict = new ReferenceRun(vector).verdict(null);
        assertThat(verdict.code()).isEqualTo(rejected.reason().name());
        if (rejected.reason() != Rejection.MALFORMED) { // of which the layer is a hint
            assertThat(verdict.layer()).isEqualTo(vector.get("layer"));
        }
        assertThat(verdict.guard()).isEqualTo(vector.get("guard"));
    }

    @Test
    @DisplayName("There are as many vectors as the README says, so that none is skipped silently")
    void countsAsInReadme() throws IOException {
        Map<String, Integer> promised = new TreeMap<>();
        for (String line : Files.readAllLines(VectorRun.ROOT.resolve("README.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                promised.put(row.group(1), Integer.parseInt(row.group(2)));
            }
        }
        Map<String, Integer> present = new TreeMap<>();
        Vector.readAll(VectorGenerator.CASES).keySet().forEach(file -> present.merge(group(file), 1, Integer::sum));
        assertThat(present).isEqualTo(promised);
        assertThat(vectors().count())
                .isEqualTo(
                        promised.values().stream().mapToInt(Integer::intValue).sum());
    }

    @Test
    @DisplayName("The layers that notice are those the document says for their codes")
    void layersAsInTheDocument() throws IOException {
        Map<Integer, String> layers = layersInTheDocument();
        Vector.readAll(VectorGenerator.CASES).forEach((file, vector) -> {
            if (vector.get("expect").equals("rejected")) {
                int code = Integer.parseInt(vector.get("code").replaceAll("[A-Z_ ]", ""));
                int layer = Layer.valueOf(vector.get("layer")).code();
                if (code != Rejection.MALFORMED.code()) {
                    assertThat(layers.get(code)).as(file.toString()).contains(Integer.toString(layer));
                }
            }
        });
    }

    private static Map<Integer, String> layersInTheDocument() throws IOException {
        Map<Integer, String> layers = new TreeMap<>();
        String section = Files.readString(AnnotatedExample.DOCUMENT)
                .split("### Layers of rejections\n")[1]
                .split("\n## ")[0];
        for (String line : section.split("\n")) {
            Matcher row = LAYERS_ROW.matcher(line);
            if (row.matches()) {
                // of the words only where, not in which step
                String where = row.group(2).replaceAll("steps? [0-9]( and [0-9])?", "");
                codes(row.group(1)).forEach(code -> layers.put(code, where));
            }
        }
        return layers;
    }

    private static IntStream codes(String cell) {
        int[] numbers = NUMBER.matcher(cell)
                .results()
                .mapToInt(number -> Integer.parseInt(number.group()))
                .toArray();
        return cell.contains("to") ? IntStream.rangeClosed(numbers[0], numbers[1]) : IntStream.of(numbers);
    }

    private static String group(Path file) {
        return file.getParent().getFileName().toString();
    }

    @Test
    @DisplayName("The annotated example of the document is the vector's")
    void annotatedExample() throws IOException {
        assertThat(AnnotatedExample.present()).isEqualTo(AnnotatedExample.expected());
    }
}
