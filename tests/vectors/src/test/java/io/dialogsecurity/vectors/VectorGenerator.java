package io.dialogsecurity.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Makes the vectors again. Its name is not a test's, so that it runs only when asked for:
 *
 * <pre>./mvnw -pl tests/vectors -am test -Dtest=VectorGenerator -Dsurefire.failIfNoSpecifiedTests=false</pre>
 *
 * Keys in {@code keys/} are kept; everything random in the envelopes is drawn anew. A vector is written only if the
 * product does with it what the vector says.
 */
class VectorGenerator {

    static final Path CASES = VectorRun.ROOT.resolve("cases");

    private final List<String> failures = new ArrayList<>();

    @Test
    void generate() throws IOException {
        VectorKeys.make();
        if (Files.exists(CASES)) {
            try (Stream<Path> files = Files.walk(CASES)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        new PositiveVectors(this).write();
        new NegativeVectors(this).write();
        new TamperedVectors(this).write();
        AnnotatedExample.write();
        assertThat(failures).isEmpty();
    }

    void positive(String name, Case scenario) throws IOException {
        write("positive", name, scenario.opens());
    }

    void negative(String group, String name, Case scenario, Rejection code, Layer layer) throws IOException {
        try {
            write(group, name, scenario.refused(code, layer));
        } catch (AssertionError e) {
            failures.add(group + "/" + name + ": " + e.getMessage());
        }
    }

    private static void write(String group, String name, Vector vector) throws IOException {
        Path file = CASES.resolve(group).resolve(name + ".txt");
        if (Files.exists(file)) {
            throw new IllegalStateException("Two vectors are called " + group + "/" + name);
        }
        vector.write(file);
    }
}
