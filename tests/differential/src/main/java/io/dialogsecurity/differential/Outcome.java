package io.dialogsecurity.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What applications got of one run of a program, as lines that can be compared. Filled by one thread, then read. */
final class Outcome {

    /** How closely outcomes are compared: each leaves out what brokers decide by chance. */
    enum View {
        /** Everything, in order. */
        EXACT,
        /** What came to which queue, refusals, and whether anything was lost, came twice or in another order. */
        WHOLE,
        /** Which messages came at all. */
        LEAST
    }

    /** What makes bodies long. */
    private static final Pattern FILLER = Pattern.compile("x{3,}|(78){3,}");

    private static final int SHOWN = 16;

    private final List<String> exact = new ArrayList<>();
    private final Set<String> whole = new TreeSet<>();
    private final Set<String> least = new TreeSet<>();
    private boolean copiesMet;

    /** A message came: what is the same at each delivery of it, and what is not. */
    void got(String who, String queue, String message, String content, String delivery) {
        exact.add(who + " got " + message + " " + delivery + " at " + queue + ": " + content);
        whole.add(queue + " had " + message + ": " + content);
        least.add(message);
    }

    /** Something else happened that has to happen in all runs. */
    void said(String what) {
        exact.add(what);
        whole.add(what);
    }

    /** A consumer got a message that was sent before another one it had got already, both for the first time. */
    void gotLate(String who, String queue) {
        whole.add(who + " got something late at " + queue);
    }

    /** Two copies of one message came to one queue, as two messages. */
    void copiesMet() {
        copiesMet = true;
    }

    boolean haveCopiesMet() {
        return copiesMet;
    }

    /** Something else happened, at a time that may be chance. */
    void remarked(String what) {
        exact.add(what);
    }

    List<String> lines(View view) {
        return switch (view) {
            case EXACT -> exact;
            case WHOLE -> List.copyOf(whole);
            case LEAST -> List.copyOf(least);
        };
    }

    boolean isAs(Outcome other, View view) {
        return lines(view).equals(other.lines(view));
    }

    /** What differs, a line each; those only here begin with a plus, those only there with a minus. */
    String differences(Outcome other, View view) {
        List<String> lines = FILLER.matcher(allDifferences(other, view))
                .replaceAll("x..")
                .lines()
                .toList();
        return lines.size() <= SHOWN
                ? String.join("\n", lines) + "\n"
                : String.join("\n", lines.subList(0, SHOWN)) + "\n    and " + (lines.size() - SHOWN) + " more\n";
    }

    private String allDifferences(Outcome other, View view) {
        List<String> here = lines(view);
        List<String> there = other.lines(view);
        StringBuilder text = new StringBuilder();
        List<String> onlyThere = new ArrayList<>(there);
        here.forEach(onlyThere::remove);
        List<String> onlyHere = new ArrayList<>(here);
        there.forEach(onlyHere::remove);
        onlyThere.forEach(line -> text.append("    - ").append(line).append('\n'));
        onlyHere.forEach(line -> text.append("    + ").append(line).append('\n'));
        if (text.isEmpty()) {
            for (int i = 0; i < Math.min(here.size(), there.size()); i++) {
                if (!here.get(i).equals(there.get(i))) {
                    text.append("    in another order from line ").append(i + 1).append(":\n    - ");
                    return text.append(there.get(i))
                            .append("\n    + ")
                            .append(here.get(i))
                            .append('\n')
                            .toString();
                }
            }
        }
        return text.toString();
    }
}
