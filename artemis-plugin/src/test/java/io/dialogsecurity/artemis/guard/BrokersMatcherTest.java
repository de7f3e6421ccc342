package io.dialogsecurity.artemis.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.policy.AddressPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.WildcardConfiguration;
import org.apache.activemq.artemis.core.postoffice.impl.AddressImpl;
import org.apache.activemq.artemis.core.postoffice.impl.AddressMap;
import org.apache.activemq.artemis.core.settings.impl.HierarchicalObjectRepository;
import org.junit.jupiter.api.Test;

/**
 * Whatever the broker routes to a subscription is matched by a pattern of the same text. Against the broker's own classes, with
 * generated addresses: empty words, delimiters at either end and doubled, escapes, wildcards in other words, any letters.
 * -Ddialogsecurity.matcher.cases has more of them, -Ddialogsecurity.matcher.seed the same again.
 */
class BrokersMatcherTest {

    private static final int CASES = Integer.getInteger("dialogsecurity.matcher.cases", 200_000);
    private static final long SEED = Long.getLong("dialogsecurity.matcher.seed", System.nanoTime());
    private static final List<String> WORDS =
            List.of("a", "b", "A", "", "a b", "ä", "\uD83C\uDF4A", "a\\.b", "\\*", "$sys", "a*", "::", "a\\");

    private static String pattern(Random random, boolean anyWordsBeforeTheEnd) {
        List<String> words = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            words.add(
                    random.nextInt(3) == 0
                            ? (anyWordsBeforeTheEnd && random.nextBoolean() ? "#" : "*")
                            : WORDS.get(random.nextInt(WORDS.size())));
        }
        if (random.nextInt(2) == 0) {
            words.add("#");
        }
        return String.join(".", words);
    }

    /** Often one that the pattern was made for. */
    private static String address(Random random, String pattern) {
        List<String> words = new ArrayList<>();
        for (String word : pattern.split("\\.", -1)) {
            if (word.equals("#")) {
                for (int i = random.nextInt(3); i > 0; i--) {
                    words.add(WORDS.get(random.nextInt(WORDS.size())));
                }
            } else if (random.nextInt(12) > 0) {
                words.add(word.equals("*") || random.nextInt(12) == 0 ? WORDS.get(random.nextInt(WORDS.size())) : word);
            }
        }
        return String.join(".", words);
    }

    private static boolean routes(String pattern, String address) throws Exception {
        AddressMap<Boolean> subscriptions = new AddressMap<>("#", "*", '.');
        subscriptions.put(SimpleString.of(pattern), Boolean.TRUE);
        boolean[] found = {false};
        subscriptions.visitMatchingWildcards(SimpleString.of(address), value -> found[0] = true);
        // The broker asks the other way round when the address was there before the subscription.
        AddressMap<Boolean> addresses = new AddressMap<>("#", "*", '.');
        addresses.put(SimpleString.of(address), Boolean.TRUE);
        addresses.visitMatching(SimpleString.of(pattern), value -> found[0] = true);
        return found[0];
    }

    private static boolean isSent(String address) {
        return !WildcardConfiguration.DEFAULT_WILDCARD_CONFIGURATION.isWild(address);
    }

    /** Patterns of a policy match exactly what the broker routes. */
    @Test
    void policyMatchesWhatTheBrokerRoutesAndNothingElse() throws Exception {
        Random random = new Random(SEED);
        int matching = 0;
        for (int i = 0; i < CASES; i++) {
            String pattern = pattern(random, false);
            String address = address(random, pattern);
            if (isSent(address)) {
                boolean routes = routes(pattern, address);
                matching += routes ? 1 : 0;
                assertThat(new AddressPattern(pattern).matches(address))
                        .as("'%s' at '%s', seed %s", address, pattern, SEED)
                        .isEqualTo(routes);
            }
        }
        assertThat(matching).isGreaterThan(CASES / 10);
    }

    /** Of subscriptions with '#' in the middle at least what the broker routes. */
    @Test
    void subscriptionsMatchWhateverTheBrokerRoutes() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < CASES; i++) {
            String pattern = pattern(random, true);
            String address = address(random, pattern);
            if (isSent(address) && routes(pattern, address)) {
                assertThat(new AddressPattern(pattern).matches(address))
                        .as("'%s' at '%s', seed %s", address, pattern, SEED)
                        .isTrue();
            }
        }
    }

    /** Neither the broker's settings nor its other matcher know an address under a pattern that policy does not. */
    @Test
    void policyMatchesWhateverTheBrokersSettingsMatch() {
        Random random = new Random(SEED);
        for (int i = 0; i < CASES / 10; i++) {
            String pattern = random.nextBoolean()
                    ? "a.#"
                    : List.of("a.*", "#", "a.b.*", "*.b.#").get(random.nextInt(4));
            String address = address(random, pattern);
            if (isSent(address) && !address.contains("\\")) {
                HierarchicalObjectRepository<Boolean> settings = new HierarchicalObjectRepository<>();
                settings.setDefault(Boolean.FALSE);
                settings.addMatch(pattern, Boolean.TRUE);
                boolean other =
                        new AddressImpl(SimpleString.of(address)).matches(new AddressImpl(SimpleString.of(pattern)));
                if (settings.getMatch(address) || other) {
                    assertThat(new AddressPattern(pattern).matches(address))
                            .as("'%s' at '%s', seed %s", address, pattern, SEED)
                            .isTrue();
                }
            }
        }
    }
}
