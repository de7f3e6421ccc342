package io.dialogsecurity.artemis.client.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.MessageFormatException;
import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A few bytes of a serialized object do not hold the thread that asks for it, whatever is in them. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrustedObjectsTest {

    private final TrustedObjects objects = TrustedObjects.byDefault();

    static Stream<Arguments> nested() {
        Map<String, Supplier<Object>> kinds = new LinkedHashMap<>();
        kinds.put("HashSet", HashSet::new);
        kinds.put("LinkedHashSet", LinkedHashSet::new);
        kinds.put("HashMap", HashMap::new);
        kinds.put("LinkedHashMap", LinkedHashMap::new);
        kinds.put("Hashtable", Hashtable::new);
        kinds.put("ArrayList", ArrayList::new);
        kinds.put("LinkedList", LinkedList::new);
        kinds.put("Vector", Vector::new);
        return kinds.entrySet().stream()
                .flatMap(kind ->
                        Stream.of(28, 45, 60).map(depth -> Arguments.of(kind.getKey(), depth, kind.getValue())));
    }

    @ParameterizedTest(name = "{0}, {1} deep")
    @MethodSource("nested")
    void whatIsNestedIsNotMade(String kind, int depth, Supplier<Object> kindOf) throws Exception {
        requireRefused(nested(depth, 2, kindOf));
    }

    @Test
    void fewLevelsOfManyReferencesAreNotMadeEither() throws Exception {
        requireRefused(nested(6, 40, HashSet::new));
        requireRefused(nested(4, 200, ArrayList::new));
    }

    @Test
    void wrappersHideNothing() throws Exception {
        Supplier<Object> wrapped = () -> new ArrayList<>();
        Set<Object> root = new HashSet<>();
        root.add(Collections.unmodifiableCollection(cast(nested(40, 2, wrapped))));
        requireRefused(root);
        requireRefused(entries(40));
        requireRefused((Serializable) Collections.unmodifiableList(List.of(lists(40))));
        requireRefused(new Object[][] {{entries(40)}, {lists(40)}});
    }

    private static Object entries(int depth) {
        Object entry = "end";
        for (int i = 0; i < depth; i++) {
            entry = new AbstractMap.SimpleImmutableEntry<>(entry, entry);
        }
        return entry;
    }

    private static Object lists(int depth) {
        Object list = "end";
        for (int i = 0; i < depth; i++) {
            list = i % 2 == 0 ? List.of(list, list, list) : Arrays.asList(list, list, list);
        }
        return list;
    }

    @SuppressWarnings("unchecked")
    private static Collection<Object> cast(Object collection) {
        return (Collection<Object>) collection;
    }

    /** Filled from the outside to the inside: the hash of what is empty yet costs nothing. */
    private static Object nested(int depth, int width, Supplier<Object> kindOf) {
        Set<Object> root = new HashSet<>();
        List<Object> level = List.of(root);
        for (int i = 0; i < depth; i++) {
            List<Object> next =
                    IntStream.range(0, width).mapToObj(n -> kindOf.get()).toList();
            for (int n = 0; n < next.size(); n++) {
                put(next.get(n), "different " + n);
            }
            level.forEach(outer -> next.forEach(inner -> put(outer, inner)));
            level = next;
        }
        return root;
    }

    @SuppressWarnings("unchecked")
    private static void put(Object container, Object content) {
        if (container instanceof Collection<?> collection) {
            ((Collection<Object>) collection).add(content);
        } else {
            Map<Object, Object> map = (Map<Object, Object>) container;
            map.put(content, "value");
            map.put("key " + map.size(), content);
        }
    }

    private void requireRefused(Object object) throws Exception {
        byte[] serialized = TrustedObjects.write((Serializable) object);
        assertThatThrownBy(() -> objects.read(serialized))
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("too long");
        TrustedObjects ofTheApplication = new TrustedObjects(info -> ObjectInputFilter.Status.ALLOWED);
        assertThatThrownBy(() -> ofTheApplication.read(serialized)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void whatCollidesInChainsIsNotMade() throws Exception {
        Hashtable<Object, Object> table = new Hashtable<>();
        colliding(13).forEach(text -> table.put(text, 1));
        requireRefused(table);
        Set<Object> lists = new HashSet<>();
        colliding(13).forEach(text -> lists.add(List.of(text)));
        requireRefused(lists);
        // In a tree they are found at once.
        Set<String> texts = new HashSet<>(colliding(13));
        assertThat(objects.read(TrustedObjects.write((Serializable) texts))).isEqualTo(texts);
    }

    private static List<String> colliding(int length) {
        List<String> texts = List.of("");
        for (int i = 0; i < length; i++) {
            texts = texts.stream()
                    .flatMap(text -> Stream.of(text + "Aa", text + "BB"))
                    .toList();
        }
        return texts;
    }

    @Test
    void whatIsLongIsNotComparedAgainAndAgain() throws Exception {
        BigInteger large = BigInteger.ONE.shiftLeft(1_000_000);
        PriorityQueue<BigInteger> queue = new PriorityQueue<>(Collections.nCopies(100_000, large));
        requireRefused(queue);
        requireRefused(new ArrayList<>(Collections.nCopies(50_000, "x".repeat(1_000_000))));
    }

    @Test
    void lengthsAreNotBelieved() throws Exception {
        byte[] serialized = TrustedObjects.write(new ArrayList<>(Collections.nCopies(1_234, null)));
        ByteBuffer bytes = ByteBuffer.wrap(serialized);
        for (int i = 0; i + 4 <= serialized.length; i++) {
            if (bytes.getInt(i) == 1_234) {
                bytes.putInt(i, 9_000_000);
            }
        }
        assertThatThrownBy(() -> objects.read(serialized)).isInstanceOf(MessageFormatException.class);
        byte[] copies = TrustedObjects.write((Serializable) Collections.nCopies(Integer.MAX_VALUE, "x"));
        assertThatThrownBy(() -> objects.read(copies)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void whatContainsItselfEnds() throws Exception {
        List<Object> list = new ArrayList<>();
        Set<Object> set = new HashSet<>();
        list.add(set);
        set.add(Collections.unmodifiableCollection(list));
        assertThat(objects.read(TrustedObjects.write((Serializable) list))).isInstanceOf(List.class);
        Set<Object> root = new HashSet<>();
        List<Object> inner = new ArrayList<>();
        root.add(inner);
        inner.add(root);
        inner.add("more");
        byte[] serialized = TrustedObjects.write((Serializable) inner);
        assertThatThrownBy(() -> objects.read(serialized)).isInstanceOf(MessageFormatException.class);
    }

    static Stream<Object> ordinary() {
        Map<String, Object> record = new TreeMap<>(Map.of("id", UUID.randomUUID(), "amount", new BigDecimal("12.50")));
        List<Map<String, List<Integer>>> large = IntStream.range(0, 50_000)
                .mapToObj(i -> Map.of("key", List.of(i, i + 1, i + 2)))
                .toList();
        Properties properties = new Properties();
        IntStream.range(0, 2_000).forEach(i -> properties.setProperty("name." + i, "value"));
        Map<LocalDate, BigDecimal> rates = new HashMap<>();
        IntStream.range(0, 5_000).forEach(i -> rates.put(LocalDate.ofEpochDay(i), BigDecimal.valueOf(i)));
        return Stream.of(
                "text",
                42,
                new int[100_000],
                new String[][] {{"a"}, {null}},
                record,
                new ArrayList<>(large),
                properties,
                rates,
                new HashMap<>(Map.of("shared", Collections.emptyList(), List.of(1), Set.of(1, 2, 3))),
                new EnumMap<>(Map.of(TimeUnit.DAYS, 1)).size(),
                new ArrayDeque<>(List.of(1, 2)).toArray(),
                new TreeSet<>(List.of("b", "a")),
                new PriorityQueue<>(List.of(3, 1, 2)).toArray(),
                BitSet.valueOf(new long[] {7}),
                Locale.GERMANY,
                Instant.EPOCH,
                Duration.ofDays(1),
                EnumSet.of(Thread.State.NEW),
                new IllegalStateException("with a cause", new RuntimeException("the cause")).getMessage(),
                new ArrayList<>(Collections.nCopies(100_000, "the same text")));
    }

    @ParameterizedTest
    @MethodSource("ordinary")
    void ordinaryObjectsAreMade(Object object) throws Exception {
        Object made = objects.read(TrustedObjects.write((Serializable) object));
        assertThat(Objects.deepEquals(made, object)).isTrue();
    }

    @Test
    void whatTheProviderWasToldCounts() throws Exception {
        byte[] own = TrustedObjects.write(new Own[] {new Own()});
        assertThatThrownBy(() -> objects.read(own)).hasMessageContaining("allow list");
        String pack = Own.class.getPackageName();
        for (List<String> allowed : List.of(List.of(pack), List.of(Own.class.getName()), List.of("*"))) {
            TrustedObjects told = TrustedObjects.byDefault(new ProviderSettings.ObjectLists(allowed, List.of()));
            assertThat(told.read(own)).isInstanceOf(Own[].class);
        }
        TrustedObjects denied = TrustedObjects.byDefault(
                new ProviderSettings.ObjectLists(List.of("*"), List.of("java.util.Date", pack)));
        byte[] date = TrustedObjects.write(new Date());
        assertThatThrownBy(() -> denied.read(own)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> denied.read(date)).isInstanceOf(MessageFormatException.class);
        assertThat(objects.read(date)).isInstanceOf(Date.class);
    }

    static final class Own implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void theListsAreReadFromTheFactories() throws Exception {
        assertThat(ProviderSettings.objectLists(new ActiveMQConnectionFactory(
                        "tcp://h:1?deserializationAllowList=com.a,com.b&deserializationDenyList=com.a.X")))
                .isEqualTo(new ProviderSettings.ObjectLists(List.of("com.a", "com.b"), List.of("com.a.X")));
        assertThat(ProviderSettings.objectLists(new ActiveMQConnectionFactory("tcp://h:1")))
                .isEqualTo(ProviderSettings.ObjectLists.NONE);
        assertThat(ProviderSettings.objectLists(new WithPolicy("com.a, com.b", "com.a.X")))
                .isEqualTo(new ProviderSettings.ObjectLists(List.of("com.a", "com.b"), List.of("com.a.X")));
        assertThat(ProviderSettings.objectLists(new WithPolicy("*", ""))).isEqualTo(ProviderSettings.ObjectLists.NONE);
        ActiveMQConnectionFactory compressing = new ActiveMQConnectionFactory("tcp://h:1?compressLargeMessage=true");
        assertThat(compressing.isCompressLargeMessage()).isTrue();
        ProviderSettings.requireUncompressed(compressing);
        assertThat(compressing.isCompressLargeMessage()).isFalse();
    }

    /** As Qpid's. */
    public static final class WithPolicy extends ActiveMQConnectionFactory {
        private static final long serialVersionUID = 1L;

        private final transient Policy policy;

        WithPolicy(String allowed, String denied) {
            policy = new Policy(allowed, denied);
        }

        public Policy getDeserializationPolicy() {
            return policy;
        }
    }

    public record Policy(String allowed, String denied) {
        public String getAllowList() {
            return allowed;
        }

        public String getDenyList() {
            return denied;
        }
    }

    @Test
    void everyCutIsRefused() throws Exception {
        byte[] serialized = TrustedObjects.write(new HashMap<>(Map.of("a", List.of(1, 2), "b", Set.of("x"))));
        for (int length = 0; length < serialized.length; length++) {
            byte[] cut = Arrays.copyOf(serialized, length);
            assertThatThrownBy(() -> objects.read(cut)).isInstanceOf(MessageFormatException.class);
        }
    }
}
