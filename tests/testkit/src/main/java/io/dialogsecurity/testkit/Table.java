package io.dialogsecurity.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of text in columns as wide as they need; a column whose heading starts with {@code >} is set to the right. Not
 * for use by several threads.
 */
public final class Table {

    private static final String TO_THE_RIGHT = ">";
    private static final String GAP = "  ";

    private final boolean[] right;
    private final List<String[]> rows = new ArrayList<>();

    /** A table without rows. */
    public Table(String... headings) {
        this.right = new boolean[headings.length];
        String[] row = headings.clone();
        for (int i = 0; i < row.length; i++) {
            right[i] = row[i].startsWith(TO_THE_RIGHT);
            row[i] = right[i] ? row[i].substring(1) : row[i];
        }
        rows.add(row);
    }

    /** Adds a row. */
    public Table row(Object... cells) {
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
        return this;
    }

    /** The heading first. */
    public List<String> lines() {
        int[] widths = new int[right.length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String blanks = " ".repeat(widths[i] - row[i].length());
            line.append(right[i] ? blanks + row[i] : row[i] + blanks).append(i + 1 < widths.length ? GAP : "");
        }
        return line.toString().stripTrailing();
    }
}
