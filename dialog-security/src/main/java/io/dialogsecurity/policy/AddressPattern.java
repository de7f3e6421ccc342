package io.dialogsecurity.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Words separated by '.', of which '*' stands for any one word and '#' for any number of words. A '.' behind a '\' belongs to its
 * word; a word may be empty, also the last one. Immutable.
 *
 * <p>It matches every address whose messages the broker routes to a subscription of the same text, which is more than the
 * broker's own settings match: {@code orders.} is among {@code orders.#} and {@code orders.*}. Where a '#' stands before the end,
 * which only subscriptions have, it matches whatever the broker may route there, and the broker is generous: it also leaves
 * out words that follow the '#'. Which of two patterns is the more specific is what the broker's settings do, so that an
 * address's security is found where its administrator looks for it.
 */
public final class AddressPattern implements Comparable<AddressPattern> {
    private static final String ANY_WORD = "*";
    private static final String ANY_WORDS = "#";
    private static final char DELIMITER = '.';
    private static final char ESCAPE = '\\';
    /** Where the broker keeps what it gives to new MQTT subscribers of an address. */
    private static final String RETAINED = "$sys.mqtt.retain.";

    private final String text;

    /** Without a '#' at the end. */
    private final List<String> words;

    private final boolean anyEnd;
    private final boolean anyMiddle;

    /** A pattern, or an address, which matches itself. */
    public AddressPattern(String text) {
        this.text = text;
        List<String> all = words(text);
        this.anyEnd = all.get(all.size() - 1).equals(ANY_WORDS);
        this.words = anyEnd ? all.subList(0, all.size() - 1) : all;
        this.anyMiddle = words.contains(ANY_WORDS);
    }

    /**
     * The address whose messages these are for the broker: what it retains of an address for new MQTT subscribers is given to
     * that address's. All others are their own.
     */
    public static String servedBy(String address) {
        String served = address;
        while (served.startsWith(RETAINED)) {
            served = served.substring(RETAINED.length());
        }
        return served;
    }

    /** What keeps the text from being a pattern of a policy, if anything. */
    static Optional<String> problem(String text) {
        List<String> words = words(text);
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

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        int end;
        while ((end = wordEnd(text, start)) < text.length()) {
            words.add(text.substring(start, end));
            start = end + 1;
        }
        words.add(text.substring(start));
        return List.copyOf(words);
    }

    /** Where the word ends that begins here: at the next delimiter, or at the end. */
    private static int wordEnd(String text, int start) {
        int dot = text.indexOf(DELIMITER, start);
        while (dot > 0 && text.charAt(dot - 1) == ESCAPE) {
            dot = text.indexOf(DELIMITER, dot + 1);
        }
        return dot < 0 ? text.length() : dot;
    }

    /** Whether a word of it stands for others. */
    public boolean hasWildcards() {
        return anyEnd || anyMiddle || words.contains(ANY_WORD);
    }

    /** Whether the broker may route what is sent to the address to a subscription of this pattern. */
    public boolean matches(String address) {
        if (anyMiddle) {
            return matchesGenerously(words, 0, words(address), 0);
        }
        int start = 0;
        for (int i = 0; i < words.size(); i++) {
            if (start > address.length()) {
                return false;
            }
            int end = wordEnd(address, start);
            if (!matchesWord(words.get(i), address, start, end)) {
                return false;
            }
            // Past the end, and so past the delimiter that is not there, after the last word.
            start = end + 1;
        }
        return anyEnd || start == address.length() + 1;
    }

    private boolean matchesGenerously(List<String> pattern, int at, List<String> address, int from) {
        if (at == pattern.size()) {
            return anyEnd || from == address.size();
        }
        String word = pattern.get(at);
        if (!word.equals(ANY_WORDS)) {
            return from < address.size()
                    && (word.equals(ANY_WORD) || word.equals(address.get(from)))
                    && matchesGenerously(pattern, at + 1, address, from + 1);
        }
        if (from == address.size()) {
            return true;
        }
        // Otherwise the last word is not left out.
        int last = Math.max(at + 1, pattern.size() - 1);
        for (int next = at + 1; next <= last; next++) {
            for (int to = from; to <= address.size(); to++) {
                if (matchesGenerously(pattern, next, address, to)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean matchesWord(String word, String address, int start, int end) {
        return word.equals(ANY_WORD) || (word.length() == end - start && address.startsWith(word, start));
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
