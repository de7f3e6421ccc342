package io.dialogsecurity.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTableTest {

    private static AddressTable table(List<String> matches) {
        List<AddressPolicy> policies = matches.stream()
                .map(match -> AddressPolicy.plain(match, Action.DROP, SuitePolicy.DEFAULTS, Duration.ofDays(1), false))
                .toList();
        return new AddressTable(
                policies, AddressPolicy.plain("", Action.BYPASS, SuitePolicy.DEFAULTS, Duration.ofDays(1), false));
    }

    @ParameterizedTest
    @CsvSource({
        "a, a, true",
        "a, b, false",
        "a.*, a.b, true",
        "a.*, a, false",
        "a.*, a., true",
        "a.*, a.b.c, false",
        "*, a, true",
        "*, a.b, false",
        "*, '', true",
        "*.b, a.b, true",
        "*.b, .b, true",
        "a.*.c, a.b.c, true",
        "a.*.c, a..c, true",
        "a.#, a, true",
        "a.#, a.b.c, true",
        "a.#, ab, false",
        "a.#, a., true",
        "a.#, a.., true",
        "a.#, a..b, true",
        "a.#, .a, false",
        "a.#, A.b, false",
        "a.*, a.b\\.c, true",
        "a.#, a\\.b, false",
        "a\\.b.#, a\\.b.c, true",
        "a.*.#, a, false",
        "a.*.#, a., true",
        "a.*.#, a.b, true",
        "a.*.#, a.b.c.d, true",
        "*.#, a, true",
        "#, '', true",
        "#, a.b, true"
    })
    void matchesLikeTheBroker(String pattern, String address, boolean matches) {
        assertThat(new AddressPattern(pattern).matches(address)).isEqualTo(matches);
    }

    @Test
    void whatIsRetainedOfAnAddressIsOfThatAddress() {
        assertThat(AddressPattern.servedBy("$sys.mqtt.retain.a.b")).isEqualTo("a.b");
        assertThat(AddressPattern.servedBy("$sys.mqtt.retain.$sys.mqtt.retain.a"))
                .isEqualTo("a");
        assertThat(AddressPattern.servedBy("$sys.mqtt.sessions")).isEqualTo("$sys.mqtt.sessions");
    }

    @ParameterizedTest
    @CsvSource({
        "a.b.c, a.b.c a.b.* a.*.c a.b.# #",
        "a.b.x, a.b.* a.*.# a.b.# # other",
        "a.b.c, a.*.* *.b.c *.*.c *.*.*",
        "a.b.c.d, a.b.*.# a.*.c.# a.b.# a.# #",
        "verylongname.b, verylongname.# *.b.# #",
        "nothing.here, - a.# b"
    })
    void theMostSpecificOneWinsWhateverTheOrder(String address, String mostSpecificFirst) {
        List<String> matches = new ArrayList<>(Arrays.asList(mostSpecificFirst.split(" ")));
        String expected = matches.get(0).equals("-") ? "" : matches.get(0);
        matches.remove("-");
        Random random = new Random(7);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(matches, random);
            assertThat(table(matches).find(address).match()).isEqualTo(expected);
        }
    }

    /** Against every table and every address of a small world, not against examples somebody has thought of. */
    @Test
    void whatIsFoundMatchesAndNothingMoreSpecificDoes() {
        Random random = new Random(23);
        List<String> words = List.of("a", "bb", "*");
        for (int table = 0; table < 2_000; table++) {
            Set<String> matches = new LinkedHashSet<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                StringBuilder match = new StringBuilder();
                for (int word = random.nextInt(3); word >= 0; word--) {
                    match.append(words.get(random.nextInt(3))).append('.');
                }
                matches.add(random.nextInt(3) == 0 ? match + "#" : match.substring(0, match.length() - 1));
            }
            AddressTable found = table(List.copyOf(matches));
            for (String address :
                    List.of("a", "bb", "a.a", "a.bb", "bb.a", "a.a.a", "a.bb.a", "bb.bb.bb", "a.bb.a.x")) {
                List<AddressPattern> candidates = matches.stream()
                        .map(AddressPattern::new)
                        .filter(pattern -> pattern.matches(address))
                        .toList();
                String match = found.find(address).match();
                if (candidates.isEmpty()) {
                    assertThat(match).isEmpty();
                } else if (matches.contains(address)) {
                    assertThat(match).isEqualTo(address);
                } else {
                    assertThat(match)
                            .as("%s of %s", address, matches)
                            .isEqualTo(Collections.min(candidates).toString());
                }
            }
        }
    }

    @Test
    void theOrderIsTotal() {
        List<String> words = List.of("a", "b", "*");
        List<AddressPattern> patterns = new ArrayList<>();
        for (String first : words) {
            for (String second : words) {
                patterns.add(new AddressPattern(first + "." + second));
                patterns.add(new AddressPattern(first + "." + second + ".#"));
                patterns.add(new AddressPattern(first + ".#"));
            }
        }
        for (AddressPattern one : patterns) {
            for (AddressPattern other : patterns) {
                assertThat(Integer.signum(one.compareTo(other))).isEqualTo(-Integer.signum(other.compareTo(one)));
                assertThat(one.compareTo(other) == 0).isEqualTo(one.equals(other));
            }
        }
        Collections.shuffle(patterns, new Random(3));
        Collections.sort(patterns);
    }

    @Test
    void remembersABoundedNumberOfAddresses() {
        AddressTable table = table(List.of("a.#"));
        for (int i = 0; i < 3 * AddressTable.MAX_REMEMBERED; i++) {
            assertThat(table.find("a." + i).match()).isEqualTo("a.#");
            assertThat(table.remembered()).isLessThanOrEqualTo(AddressTable.MAX_REMEMBERED);
        }
    }

    @Test
    void exactOnesNeedNoMemory() {
        AddressTable table = table(List.of("a", "b.c"));
        assertThat(table.find("a").match()).isEqualTo("a");
        assertThat(table.find("x").match()).isEmpty();
        assertThat(table.remembered()).isZero();
    }
}
