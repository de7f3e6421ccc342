package io.dialogsecurity.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTableTest {

    private static AddressTable table(List<String> matches) {
        List<AddressPolicy> policies = matches.stream()
                .map(match -> AddressPolicy.plain(match, Action.DROP, SuitePolicy.DEFAULTS, false))
                .toList();
        return new AddressTable(policies, AddressPolicy.plain("", Action.BYPASS, SuitePolicy.DEFAULTS, false));
    }

    @ParameterizedTest
    @CsvSource({
        "a, a, true",
        "a, b, false",
        "a.*, a.b, true",
        "a.*, a, false",
        "a.*, a., false",
        "a.*, a.b.c, false",
        "*, a, true",
        "*, a.b, false",
        "*, '', false",
        "*.b, a.b, true",
        "*.b, .b, false",
        "a.*.c, a.b.c, true",
        "a.*.c, a..c, false",
        "a.#, a, true",
        "a.#, a.b.c, true",
        "a.#, ab, false",
        "a.#, a., false",
        "a.#, a..b, true",
        "a.*.#, a, false",
        "a.*.#, a., false",
        "a.*.#, a.b, true",
        "a.*.#, a.b.c.d, true",
        "*.#, a, true",
        "#, '', true",
        "#, a.b, true"
    })
    void matchesLikeTheBroker(String pattern, String address, boolean matches) {
        assertThat(new AddressPattern(pattern).matches(address)).isEqualTo(matches);
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
