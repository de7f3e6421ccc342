package io.dialogsecurity.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    private static final Path ROOT = Path.of("../..");
    private static final Pattern REGION = Pattern.compile("// snippet [a-z-]+\n(.*?)\n *// end", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

    @Test
    @DisplayName("Every line of Java in the README is one that a test runs")
    void java() throws IOException {
        List<String> tested = new ArrayList<>();
        Matcher regions =
                REGION.matcher(Files.readString(Path.of("src/test/java/io/dialogsecurity/demo/ReadmeSnippetsIT.java")));
        while (regions.find()) {
            tested.add(regions.group(1).stripIndent());
        }
        assertThat(blocks("java")).isNotEmpty().isSubsetOf(tested);
        assertThat(tested).isSubsetOf(blocks("java"));
    }

    @Test
    @DisplayName("Every line of XML in the README is in the samples, which tests load")
    void xml() throws IOException {
        String samples = ReadmeTest.collapsed(Files.readString(ROOT.resolve("config/broker.xml"))
                + Files.readString(ROOT.resolve("config/guard.xml"))
                + Files.readString(ROOT.resolve("config/broker-side.xml"))
                + Files.readString(ROOT.resolve("config/dialog-security.xml")));
        assertThat(blocks("xml"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(samples).contains(collapsed(block)));
    }

    @Test
    @DisplayName("What the README links to is there")
    void links() throws IOException {
        Matcher links = LINK.matcher(readme());
        while (links.find()) {
            assertThat(ROOT.resolve(links.group(1))).exists();
        }
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher blocks = Pattern.compile("```" + language + "\n(.*?)\n```", Pattern.DOTALL)
                .matcher(readme());
        List<String> found = new ArrayList<>();
        while (blocks.find()) {
            found.add(blocks.group(1));
        }
        return found;
    }

    private static String collapsed(String xml) {
        return xml.lines().map(String::strip).collect(Collectors.joining(" ")).replaceAll("\\s+", " ");
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }
}
