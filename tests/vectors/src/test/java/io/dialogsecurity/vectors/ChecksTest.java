package io.dialogsecurity.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * That the vectors notice an opener which leaves a check out: of all vectors, for each {@link Check}, with the independent
 * opener. A check that holds for a vector changes nothing when it is left out, so only those are opened again for which it
 * did not, or for which it decided between two ways.
 */
class ChecksTest {

    private static final Map<Path, Vector> VECTORS = new LinkedHashMap<>();
    private static final Map<Path, ReferenceRun.Verdict> VERDICTS = new LinkedHashMap<>();

    @BeforeAll
    static void openAll() {
        VECTORS.putAll(Vector.readAll(VectorGenerator.CASES));
        VECTORS.forEach((file, vector) -> VERDICTS.put(file, new ReferenceRun(vector).verdict(null)));
    }

    @Test
    @DisplayName("The opener of the tests says of every vector what the vector says")
    void agrees() {
        VECTORS.forEach((file, vector) -> {
            ReferenceRun.Verdict verdict = VERDICTS.get(file);
            String code = vector.has("code") ? vector.get("code").split(" ")[0] : "OPENED";
            assertThat(verdict.code()).as(file.toString()).isEqualTo(code);
            assertThat(verdict.guard())
                    .as(file.toString())
                    .isEqualTo(vector.find("guard").orElse("passes"));
        });
    }

    @Test
    @DisplayName("For every check there is a vector that an opener without it judges otherwise")
    void everyCheckIsNoticed() {
        Map<Check, List<String>> noticed = new EnumMap<>(Check.class);
        for (Check check : Check.values()) {
            noticed.put(check, noticing(check));
        }
        noticed.forEach((check, by) -> System.out.println(
                check + ": " + by.size() + " " + by.stream().limit(3).toList()));
        Set<Check> unnoticed = EnumSet.noneOf(Check.class);
        noticed.forEach((check, by) -> {
            if (by.isEmpty()) {
                unnoticed.add(check);
            }
        });
        assertThat(unnoticed).isEmpty();
    }

    private static List<String> noticing(Check check) {
        List<String> noticing = new ArrayList<>();
        VERDICTS.forEach((file, verdict) -> {
            if (verdict.mattered().contains(check)
                    && new ReferenceRun(VECTORS.get(file)).verdict(check).differsFrom(verdict)) {
                noticing.add(VectorGenerator.CASES.relativize(file).toString());
            }
        });
        return noticing;
    }

    @Test
    @DisplayName("For every limit there is a vector that stands at it, and one that stands beyond")
    void everyLimitIsMet() {
        Set<Checks.Edge> edges = new HashSet<>();
        VERDICTS.values().forEach(verdict -> edges.addAll(verdict.edges()));
        List<String> missing = new ArrayList<>();
        for (Check check : Check.values()) {
            for (String where : List.of("at least", "at most")) {
                if (edges.contains(new Checks.Edge(check, where + " asked"))) {
                    if (!edges.contains(new Checks.Edge(check, where))) {
                        missing.add(check + " " + where);
                    }
                    if (!edges.contains(new Checks.Edge(check, where + " beyond"))) {
                        missing.add(check + " beyond " + where);
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    @DisplayName("The README lists every check")
    void listedInTheReadme() throws IOException {
        try (Stream<String> lines = Files.lines(VectorRun.ROOT.resolve("README.md"))) {
            List<String> rows =
                    lines.filter(line -> line.matches("\\| [1-8] \\| `.*")).toList();
            assertThat(rows)
                    .isEqualTo(Arrays.stream(Check.values()).map(Check::row).toList());
        }
    }
}
