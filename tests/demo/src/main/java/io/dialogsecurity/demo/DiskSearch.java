package io.dialogsecurity.demo;

import io.dialogsecurity.demo.document.DocumentKind;
import io.dialogsecurity.testkit.PlaintextSearch;
import io.dialogsecurity.testkit.Screen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks for what the documents say in every file of the brokers. */
final class DiskSearch {

    private final Plan plan;
    private final Screen screen;

    DiskSearch(Plan plan, Screen screen) {
        this.plan = plan;
        this.screen = screen;
    }

    /** True if nothing is found with the broker that has the guard, and everything with the one that has not. */
    boolean run() throws IOException {
        List<String> secrets = DocumentKind.secrets();
        PlaintextSearch search = PlaintextSearch.forMarkers(secrets);
        screen.progress("searching");
        List<PlaintextSearch.Hit> leaks = search.in(plan.brokerDirectory(Side.SEALED));
        List<PlaintextSearch.Hit> control = search.in(plan.brokerDirectory(Side.UNSEALED));
        screen.line(
                "Looked for " + secrets.size() + " names and accounts that every document of a kind contains, in UTF-8"
                        + " and UTF-16 of both byte orders.");
        screen.verdict(
                leaks.isEmpty(),
                "sealed broker:   " + size(Side.SEALED) + ", found " + kinds(leaks) + " of " + secrets.size()
                        + where(leaks));
        long found = kinds(control);
        screen.verdict(
                found == secrets.size(),
                "unsealed broker: " + size(Side.UNSEALED) + ", found " + found + " of " + secrets.size()
                        + where(control));
        return leaks.isEmpty() && found == secrets.size();
    }

    private static long kinds(List<PlaintextSearch.Hit> hits) {
        return hits.stream().map(PlaintextSearch.Hit::marker).distinct().count();
    }

    private static String where(List<PlaintextSearch.Hit> hits) {
        Map<Charset, Long> counts =
                hits.stream().collect(Collectors.groupingBy(PlaintextSearch.Hit::encoding, Collectors.counting()));
        // Latin text in one byte order is, one byte further on, the same text in the other.
        long utf16 = Math.max(
                counts.getOrDefault(StandardCharsets.UTF_16BE, 0L), counts.getOrDefault(StandardCharsets.UTF_16LE, 0L));
        return hits.isEmpty()
                ? ""
                : ", " + Screen.number(counts.getOrDefault(StandardCharsets.UTF_8, 0L)) + " times in UTF-8 and "
                        + Screen.number(utf16) + " times in UTF-16";
    }

    private String size(Side side) throws IOException {
        long files;
        long bytes;
        try (Stream<Path> tree = Files.walk(plan.brokerDirectory(side))) {
            List<Path> all = tree.filter(Files::isRegularFile).toList();
            files = all.size();
            bytes = all.stream().mapToLong(DiskSearch::length).sum();
        }
        return files + " files, " + Screen.number(bytes / 1_000_000) + " MB";
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
