package io.dialogsecurity.doc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every promise of the threat model names tests that attack it, and they exist. */
class ThreatModelDocumentTest {

    private static final Pattern ATTACK = Pattern.compile("`(\\w+)#(\\w+)`");

    @Test
    @DisplayName("Every promise is attacked, by tests that exist")
    void everyPromiseIsAttacked() throws IOException {
        String text = Files.readString(Path.of("doc", "THREAT-MODEL.md"));
        String promises = text.substring(text.indexOf("## Promises"), text.indexOf("## The guard"));
        List<String> missing = new ArrayList<>();
        for (String promise : promises.split("\n### ", -1)) {
            if (promise.startsWith("## Promises")) {
                continue;
            }
            Matcher attack = ATTACK.matcher(promise);
            boolean attacked = false;
            while (attack.find()) {
                attacked = true;
                if (!exists(attack.group(1), attack.group(2))) {
                    missing.add(attack.group());
                }
            }
            assertThat(attacked)
                    .as("an attack on: " + promise.lines().findFirst().orElseThrow())
                    .isTrue();
        }
        assertThat(missing).isEmpty();
    }

    private static boolean exists(String testClass, String method) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            List<Path> sources = files.filter(file -> file.endsWith(testClass + ".java"))
                    .filter(file -> file.toString().contains("src"))
                    .toList();
            for (Path source : sources) {
                if (Files.readString(source).contains("void " + method + "(")) {
                    return true;
                }
            }
            return false;
        }
    }
}
