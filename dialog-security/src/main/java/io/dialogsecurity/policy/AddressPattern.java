package io.dialogsecurity.policy;

import java.util.List;
import java.util.Optional;

/**
 * Words separated by '.', of which '*' stands for any one word and '#', at the end only, for any number of words. Both
 * what it matches and which of two is the more specific is what the broker's own settings do, so that an address's
 * security is found where its administrator looks for it.
 */
final class AddressPattern implements Comparable<AddressPattern> {
    private static final String ANY_WORD = "*";
    private static final String ANY_WORDS = "#";

    private final String text;

    /** Without a '#' at the end. */
    private final List<String> words;

    private final boolean anyEnd;

    AddressPattern(String text) {
        this.text = text;
        List<String> all = List.of(text.split("\\.", -1));
        this.anyEnd = all.get(all.size() - 1).equals(ANY_WORDS);
        this.words = anyEnd ? all.subList(0, all.size() - 1) : all;
    }

    /** What keeps the text from being a pattern, if anything. */
    static Optional<String> problem(String text) {
        List<String> words = List.of(text.split("\\.", -1));
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals(ANY_WORDS) && i < words.size() - 1) {
                return Optional.of("'#' stands before the end");
            }
            if (word.length() > 1 && (word.contains(ANY_WORD) || word.contains(ANY_WORDS))) {
                return Optional.of("a wildcard is only a part of the word '" + word + "'");
            }
            if (word.isEmpty()) {
                return Optional.of("a word is empty");
            }
        }
        return Optional.empty();
    }

    boolean hasWildcards() {
        return anyEnd || words.contains(ANY_WORD);
    }

    boolean matches(String address) {
        int start = 0;
        for (int i = 0; i < words.size(); i++) {
            if (start > address.length()) {
                return false;
            }
            int dot = address.indexOf('.', start);
            int end = dot < 0 ? address.length() : dot;
            if (!matchesWord(words.get(i), address, start, end)) {
                return false;
            }
            // Past the end, and so past the delimiter that is not there, after the last word.
            start = end + 1;
        }
        if (!anyEnd) {
            return start == address.length() + 1;
        }
        // Nothing more, or a delimiter and something.
        return words.isEmpty() || start == address.length() + 1 || start < address.length();
    }

    private static boolean matchesWord(String word, String address, int start, int end) {
        return word.equals(ANY_WORD) ? end > start : word.length() == end - start && address.startsWith(word, start);
    }

    /** The more specific one comes first. */
    @Override
    public int compareTo(AddressPattern other) {
        if (anyEnd != other.anyEnd) {
            return anyEnd ? 1 : -1;
        }
        if (anyEnd && text.length() != other.text.length()) {
            return other.text.length() - text.length();
        }
        for (int i = 0; i < Math.min(words.size(), other.words.size()); i++) {
            boolean any = words.get(i).equals(ANY_WORD);
            if (any != other.words.get(i).equals(ANY_WORD)) {
                return any ? 1 : -1;
            }
        }
        return words.size() == other.words.size() ? text.compareTo(other.text) : other.words.size() - words.size();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressPattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
