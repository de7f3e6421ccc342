package io.dialogsecurity.artemis.client.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.MessageFormatException;
import java.io.ByteArrayInputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamConstants;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
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
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        for (Object costly : List.of(
                List.of(entries(40)),
                lists(40),
                Collections.unmodifiableList(List.of(lists(40))),
                Collections.synchronizedList(new ArrayList<>(List.of(lists(40)))))) {
            requireRefused(hashedWhenMade(costly));
        }
    }

    /** Written as if it had been in the set when it was empty. */
    private static Object hashedWhenMade(Object costly) {
        Set<Object> set = new HashSet<>();
        List<Object> late = new ArrayList<>();
        set.add(late);
        late.add(costly);
        return new Object[][] {{set}};
    }

    /** Nobody asks for its hash, so it costs what its bytes cost. */
    @Test
    void whatIsOnlyReferredToIsMade() throws Exception {
        for (Object shared : List.of(
                entries(40),
                lists(40),
                Collections.unmodifiableList(List.of(lists(40))),
                new ArrayList<>(Collections.nCopies(50_000, "x".repeat(1_000_000))),
                new HashMap<>(Map.of("value", lists(40))))) {
            assertThat(objects.read(TrustedObjects.write((Serializable) shared)))
                    .isInstanceOf(shared.getClass());
        }
    }

    /** Counts how often it is asked, and ends what would ask for ever. */
    static final class Counting implements Serializable {
        private static final long serialVersionUID = 1L;
        static final long MOST = 10_000_000;
        static long asked;

        @Override
        public int hashCode() {
            if (++asked > MOST) {
                throw new IllegalStateException("asked too often");
            }
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    /** Each list is written while the array it stands for is: what it will cost is not known then. */
    @ParameterizedTest
    @ValueSource(strings = {"array", "list", "entity", "pair"})
    void whatIsUnfinishedWhenItIsReferredToHidesNothing(String how) throws Exception {
        Object[] array = {new Counting(), null, null, null};
        Object list = Arrays.asList(array);
        Object[] bottom = array;
        for (int i = 0; i < 40; i++) {
            Object[] next = new Object[4];
            Object nextList = Arrays.asList(next);
            next[0] = switch (how) {
                case "array" -> new Object[] {nextList};
                case "list" -> Collections.unmodifiableCollection(new ArrayList<>(List.of(new Object[] {nextList})));
                case "entity" -> new Entity(nextList);
                default -> new Pair(new Object[] {nextList}, null);
            };
            next[1] = array;
            next[2] = list;
            next[3] = list;
            array = next;
            list = nextList;
        }
        if (how.equals("entity")) {
            bottom[1] = new Entity(list); // all in one cycle
        }
        Set<Object> set = new HashSet<>();
        List<Object> late = new ArrayList<>();
        set.add(late);
        late.add(list);
        byte[] serialized = TrustedObjects.write(new Object[] {array, set});
        TrustedObjects all = new TrustedObjects(info -> ObjectInputFilter.Status.ALLOWED);
        Counting.asked = 0;
        assertThatThrownBy(() -> all.read(serialized)).hasMessageContaining("too long");
        assertThat(Counting.asked).isZero();
    }

    /** Told apart by its number. */
    static final class Entity implements Serializable {
        private static final long serialVersionUID = 1L;
        private final Set<Entity> others = new HashSet<>();
        private final int id;
        final Object content;

        Entity(Object content) {
            this.content = content;
            this.id = System.identityHashCode(this);
        }

        @Override
        public int hashCode() {
            return id;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entity entity && entity.id == id;
        }
    }

    record Pair(Object first, Object second) implements Serializable {}

    static final class Node implements Serializable {
        private static final long serialVersionUID = 1L;
        private final List<Node> next = new ArrayList<>();
        private Node parent;
    }

    static Stream<Object> ofTheApplication() {
        List<Entity> entities = IntStream.range(0, 60).mapToObj(Entity::new).toList();
        entities.forEach(one -> entities.forEach(other -> {
            if (!one.equals(other)) {
                one.others.add(other);
            }
        }));
        Node root = new Node();
        List<Node> nodes = new ArrayList<>(List.of(root));
        for (int i = 1; i < 50_000; i++) {
            Node child = new Node();
            child.parent = nodes.get(i / 3);
            child.parent.next.add(child);
            nodes.add(child);
        }
        Node[] steps = new Node[60];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = new Node();
            if (i > 0) {
                steps[i - 1].next.addAll(List.of(steps[i], steps[i]));
            }
        }
        Set<Node> children = new HashSet<>(root.next);
        Pair shared = new Pair(new ArrayList<>(IntStream.range(0, 500).boxed().toList()), "setting");
        return Stream.of(
                entities.get(0),
                new ArrayList<>(entities.get(0).others),
                root,
                new ArrayList<>(nodes),
                new ArrayList<>(root.next),
                children,
                steps[0],
                new ArrayList<>(IntStream.range(0, 10_000)
                        .mapToObj(i -> new Pair(i, shared))
                        .toList()),
                IntStream.range(0, 10_000).mapToObj(i -> new Pair(i, "x")).collect(Collectors.toUnmodifiableSet()));
    }

    @ParameterizedTest
    @MethodSource("ofTheApplication")
    void objectsOfTheApplicationAreMade(Object object) throws Exception {
        TrustedObjects all = new TrustedObjects(info -> ObjectInputFilter.Status.ALLOWED);
        assertThat(all.read(TrustedObjects.write((Serializable) object))).isNotNull();
    }

    /** What plain Java makes is made; cycles are not among it, because the hash of a collection in itself never ends. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomGraphsAreMadeAsJavaMakesThem(long seed) throws Exception {
        Random random = new Random(seed);
        TrustedObjects all = new TrustedObjects(info -> ObjectInputFilter.Status.ALLOWED);
        for (int i = 0; i < 250; i++) {
            Object graph = randomGraph(random);
            byte[] serialized = TrustedObjects.write((Serializable) graph);
            Object made = new ObjectInputStream(new ByteArrayInputStream(serialized)).readObject();
            assertThat(Objects.deepEquals(all.read(serialized), made))
                    .as("graph %s", i)
                    .isTrue();
        }
    }

    private static Object randomGraph(Random random) {
        List<Object> made =
                new ArrayList<>(List.of("a", 1, 2L, 'c', 1.5, TimeUnit.DAYS, LocalDate.EPOCH, new UUID(1, 2)));
        int objects = 1 + random.nextInt(30);
        for (int n = 0; n < objects; n++) {
            List<Object> content = new ArrayList<>();
            int size = random.nextInt(5);
            for (int i = 0; i < size; i++) {
                // Mostly leaves, so that what is shared stays small when it is unfolded.
                content.add(made.get(random.nextInt(random.nextInt(3) == 0 ? made.size() : 8)));
            }
            made.add(
                    switch (random.nextInt(12)) {
                        case 0 -> content;
                        case 1 -> new LinkedList<>(content);
                        case 2 -> List.copyOf(content);
                        case 3 -> Set.copyOf(content);
                        case 4 -> new LinkedHashSet<>(content);
                        case 5 -> new HashMap<>(map(content, new LinkedHashMap<>()));
                        case 6 -> Map.copyOf(map(content, new LinkedHashMap<>()));
                        case 7 -> map(content, new Hashtable<>());
                        case 8 -> Collections.unmodifiableList(content);
                        case 9 -> Collections.synchronizedMap(map(content, new HashMap<>()));
                        case 10 -> Arrays.asList(content.toArray());
                        default -> new AbstractMap.SimpleImmutableEntry<>(content, size);
                    });
        }
        return made.get(made.size() - 1);
    }

    static Stream<Arguments> manyOfAKind() {
        Map<String, IntFunction<Object>> members = new LinkedHashMap<>();
        members.put("Integer", i -> i);
        members.put("Long", i -> (long) i);
        members.put("Double", i -> i / 3.0);
        members.put("String", i -> "name " + i);
        members.put("UUID", i -> new UUID(i * 31L, i * 17L));
        members.put("BigInteger", BigInteger::valueOf);
        members.put("BigDecimal", i -> BigDecimal.valueOf(i, 2));
        members.put("Date", i -> new Date(i * 1_000L));
        members.put("Timestamp", i -> new Timestamp(i * 1_000L));
        members.put("LocalDate", LocalDate::ofEpochDay);
        members.put("Instant", Instant::ofEpochSecond);
        members.put("ZonedDateTime", i -> Instant.ofEpochSecond(i).atZone(ZoneId.of("Europe/Berlin")));
        members.put("Duration", Duration::ofSeconds);
        members.put("Period", Period::ofDays);
        members.put("List.of", i -> List.of("a" + i, i));
        members.put("ArrayList", i -> new ArrayList<>(List.of("a" + i, i)));
        members.put("Arrays.asList", i -> Arrays.asList("a" + i, i));
        members.put("array", i -> new int[] {i});
        Map<String, Function<List<Object>, Object>> kinds = new LinkedHashMap<>();
        kinds.put("List.copyOf", List::copyOf);
        kinds.put("Stream.toList", all -> all.stream().toList());
        kinds.put("ArrayList", ArrayList::new);
        kinds.put("LinkedList", LinkedList::new);
        kinds.put("ArrayDeque", ArrayDeque::new);
        kinds.put("HashSet", HashSet::new);
        kinds.put("LinkedHashSet", LinkedHashSet::new);
        kinds.put("Set.copyOf", Set::copyOf);
        kinds.put("unmodifiableSet", all -> Collections.unmodifiableSet(new HashSet<>(all)));
        kinds.put("HashMap", all -> map(all, new HashMap<>()));
        kinds.put("LinkedHashMap", all -> map(all, new LinkedHashMap<>()));
        kinds.put("Hashtable", all -> map(all, new Hashtable<>()));
        kinds.put("ConcurrentHashMap", all -> map(all, new ConcurrentHashMap<>()));
        kinds.put("Map.copyOf", all -> Map.copyOf(map(all, new HashMap<>())));
        kinds.put("synchronizedMap", all -> Collections.synchronizedMap(map(all, new HashMap<>())));
        kinds.put(
                "values of a TreeMap",
                all -> new TreeMap<>(
                        IntStream.range(0, all.size()).boxed().collect(Collectors.toMap(i -> i, all::get))));
        return kinds.entrySet().stream()
                .flatMap(kind -> members.entrySet().stream()
                        .map(member -> Arguments.of(
                                kind.getKey(),
                                member.getKey(),
                                kind.getValue()
                                        .apply(IntStream.range(0, 5_000)
                                                .mapToObj(member.getValue())
                                                .toList()))));
    }

    private static Map<Object, Object> map(List<Object> keys, Map<Object, Object> map) {
        keys.forEach(key -> map.put(key, "value"));
        return map;
    }

    @ParameterizedTest(name = "{0} of {1}")
    @MethodSource("manyOfAKind")
    void fiveThousandOfAKindAreMade(String kind, String member, Object object) throws Exception {
        TrustedObjects all = new TrustedObjects(info -> ObjectInputFilter.Status.ALLOWED);
        assertThat(all.read(TrustedObjects.write((Serializable) object))).isNotNull();
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
        IntStream.range(0, 5_000).forEach(i -> properties.setProperty("n" + i, ""));
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
                new HashMap<>(
                        Map.of(List.of(Period.ofDays(1)), Locale.getISOCountries(Locale.IsoCountryCode.PART1_ALPHA2))),
                new HashSet<>(Arrays.asList(Locale.getAvailableLocales())),
                Stream.iterate((Object) new ArrayList<>(), inner -> new ArrayList<>(List.of(inner)))
                        .limit(300)
                        .reduce((a, b) -> b)
                        .orElseThrow(),
                new ArrayList<>(IntStream.range(0, 1_100_000).boxed().toList()),
                new byte[12_000_000],
                Locale.GERMANY,
                Instant.EPOCH,
                Duration.ofDays(1),
                EnumSet.of(Thread.State.NEW),
                new IllegalStateException("with a cause", new RuntimeException("the cause")).getMessage(),
                new ArrayList<>(Collections.nCopies(100_000, "the same text")));
    }

    @Test
    void moreObjectsThanFitIntoMemoryAreRefusedWhileTheyAreCounted() throws Exception {
        int number = 4_000_001;
        byte[] empty = TrustedObjects.write(new Object[0]);
        ByteBuffer serialized = ByteBuffer.allocate(empty.length + 3 * number);
        serialized.put(empty).putInt(empty.length - Integer.BYTES, number);
        while (serialized.hasRemaining()) {
            serialized.put(ObjectStreamConstants.TC_STRING).putShort((short) 0);
        }
        assertThatThrownBy(() -> TrustedObjects.byDefault().read(serialized.array()))
                .hasStackTraceContaining("more than 4000000 objects");
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
