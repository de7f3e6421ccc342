package io.dialogsecurity.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Makes the vectors again. Its name is not a test's, so that it runs only when asked for:
 *
 * <pre>./mvnw -pl tests/vectors -am test -Dtest=VectorGenerator -Dsurefire.failIfNoSpecifiedTests=false</pre>
 *
 * Keys in {@code keys/} and vectors in {@code cases/} that are there are kept; who changes a scenario deletes its file
 * first. What is random in envelopes comes from a fixed seed. A vector is written only if the product does with it what the
 * vector says.
 */
class VectorGenerator {

    static final Path CASES = VectorRun.ROOT.resolve("cases");

    private final List<String> failures = new ArrayList<>();
    private final Set<Path> named = new HashSet<>();

    @Test
    void generate() throws IOException {
        VectorKeys.make();
        PathKeys.make();
        new PositiveVectors(this).write();
        new NegativeVectors(this).write();
        new NumberVectors(this).write();
        new PathVectors(this).write();
        new LimitVectors(this).write();
        new TamperedVectors(this).write();
        AnnotatedExample.write();
        Vector.readAll(CASES).keySet().stream()
                .filter(file -> !named.contains(file))
                .forEach(file -> failures.add(file + ": nobody makes it any more"));
        assertThat(failures).isEmpty();
    }

    void positive(String name, Case scenario) throws IOException {
        positive("positive", name, scenario);
    }

    void positive(String group, String name, Case scenario) throws IOException {
        if (isMissing(group, name)) {
            try {
                write(group, name, scenario.opens());
            } catch (AssertionError e) {
                failures.add(group + "/" + name + ": " + e.getMessage());
            }
        }
    }

    void negative(String group, String name, Case scenario, Rejection code, Layer layer) throws IOException {
        if (isMissing(group, name)) {
            try {
                write(group, name, scenario.refused(code, layer));
            } catch (AssertionError e) {
                failures.add(group + "/" + name + ": " + e.getMessage());
            }
        }
    }

    private boolean isMissing(String group, String name) {
        Path file = file(group, name);
        if (!named.add(file)) {
            throw new IllegalStateException("Two vectors are called " + group + "/" + name);
        }
        return !Files.exists(file);
    }

    private static Path file(String group, String name) {
        return CASES.resolve(group).resolve(name + ".txt");
    }

    private static void write(String group, String name, Vector vector) {
        vector.write(file(group, name));
    }
}
