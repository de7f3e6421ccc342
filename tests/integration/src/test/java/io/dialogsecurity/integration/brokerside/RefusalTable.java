package io.dialogsecurity.integration.brokerside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables of a document whose first column is {@value #FIRST}, put side by side.
 *
 * @param cells by the name of the row, then by the head of the column
 */
record RefusalTable(Map<String, Map<String, String>> cells) {

    private static final String FIRST = "Way of sending";

    static RefusalTable read(Path document) throws IOException {
        Map<String, Map<String, String>> cells = new LinkedHashMap<>();
        List<String> heads = List.of();
        for (String line : Files.readAllLines(document)) {
            if (!line.startsWith("|")) {
                heads = List.of();
                continue;
            }
            List<String> row = row(line);
            if (row.get(0).equals(FIRST)) {
                heads = row;
            } else if (!heads.isEmpty() && !row.get(0).startsWith("---")) {
                if (row.size() != heads.size()) {
                    throw new IOException("Not as many cells as heads: " + line);
                }
                Map<String, String> known = cells.computeIfAbsent(row.get(0), name -> new LinkedHashMap<>());
                for (int i = 1; i < row.size(); i++) {
                    if (known.put(heads.get(i), row.get(i)) != null) {
                        throw new IOException("Twice: " + row.get(0) + ", " + heads.get(i));
                    }
                }
            }
        }
        return new RefusalTable(cells);
    }

    private static List<String> row(String line) {
        List<String> row = new ArrayList<>(Arrays.asList(line.split("\\|", -1)));
        row.remove(0);
        row.remove(row.size() - 1);
        row.replaceAll(String::strip);
        return row;
    }

    /** The heads of all columns but the first. */
    List<String> heads() {
        return List.copyOf(cells.values().iterator().next().keySet());
    }

    String cell(String row, String head) {
        return cells.getOrDefault(row, Map.of()).getOrDefault(head, "");
    }
}
