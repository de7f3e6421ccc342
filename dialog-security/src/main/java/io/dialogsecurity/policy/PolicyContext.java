package io.dialogsecurity.policy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.IdentityException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One reading of one file: where it is, what time it is, and how attributes become values or one-line errors. */
final class PolicyContext {
    private static final Pattern DURATION =
            Pattern.compile("P(?=[0-9T])(?:[0-9]{1,9}D)?(?:T(?=[0-9])(?:[0-9]{1,9}H)?(?:[0-9]{1,9}M)?"
                    + "(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?S)?)?");
    private static final Pattern INSTANT =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})|([0-9]{1,6})(KiB|MiB|GiB|TiB)");
    private static final Pattern FRACTION = Pattern.compile("[0-9](\\.[0-9]{1,6})?");
    private static final Pattern ENCODED = Pattern.compile("ENC\\((.*)\\)", Pattern.DOTALL);
    private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB");
    private static final int MAX_PASSWORD_BYTES = 64 * 1024;

    private final Path file;
    private final Instant now;
    private final boolean starting;
    private final PasswordDecoder decoderOrNull;
    private final UnaryOperator<String> environment;
    private final Set<Path> files = new LinkedHashSet<>();

    PolicyContext(
            Path file,
            Instant now,
            boolean starting,
            PasswordDecoder decoderOrNull,
            UnaryOperator<String> environment) {
        this.file = file;
        this.now = now;
        this.starting = starting;
        this.decoderOrNull = decoderOrNull;
        this.environment = environment;
        files.add(file.toAbsolutePath().normalize());
    }

    Path file() {
        return file;
    }

    Instant now() {
        return now;
    }

    /** Whether the file is read for the first time, and what has grown old since is an error. */
    boolean starting() {
        return starting;
    }

    /** All files read so far, absolute. */
    Set<Path> files() {
        return files;
    }

    PolicyException problem(XmlElement element, String what, String remedy) {
        return problem(element, what + "; " + remedy, (Throwable) null);
    }

    private PolicyException problem(XmlElement element, String problem, Throwable cause) {
        return new PolicyException(file, element.line(), element.column(), problem, cause);
    }

    /** Runs what reads another file, and says where in this file it is named if it cannot be used. */
    <T> T reading(XmlElement element, Supplier<T> action) {
        try {
            return action.get();
        } catch (IdentityException e) {
            throw problem(element, e.getMessage(), e);
        }
    }

    /** The path of a file to read, relative to the one it stands in. */
    Path path(XmlElement element, String attribute) {
        Path path = resolve(element, attribute, "give the path of a file");
        files.add(path);
        return path;
    }

    /** The path of a directory to write to, relative to the file it stands in. */
    Path directory(XmlElement element, String attribute) {
        return resolve(element, attribute, "give the path of a directory");
    }

    private Path resolve(XmlElement element, String attribute, String remedy) {
        String value = element.required(attribute);
        if (value.isBlank()) {
            throw problem(element, "attribute '" + attribute + "' is empty", remedy);
        }
        try {
            return file.toAbsolutePath().resolveSibling(value).normalize();
        } catch (InvalidPathException e) {
            throw problem(element, "'" + value + "' is no path", remedy);
        }
    }

    ServiceName serviceName(XmlElement element, String attribute) {
        return serviceName(element, attribute, element.required(attribute));
    }

    private ServiceName serviceName(XmlElement element, String attribute, String value) {
        if (value.isEmpty() || value.chars().anyMatch(Character::isWhitespace)) {
            throw problem(
                    element,
                    "attribute '" + attribute + "' is not a service's name: '" + value + "'",
                    "give one name without blanks: they separate names in lists, so that a certificate whose CN has one"
                            + " speaks for no service");
        }
        try {
            return new ServiceName(value);
        } catch (IllegalArgumentException e) {
            throw problem(
                    element,
                    "attribute '" + attribute + "' is not a service's name: " + e.getMessage(),
                    "shorten or correct it");
        }
    }

    /** Names of services that are all among {@code known}. */
    Set<ServiceName> knownServices(XmlElement element, String attribute, Set<ServiceName> known) {
        Set<ServiceName> names = new LinkedHashSet<>();
        for (String value : names(element, attribute, Set.of())) {
            names.add(known(element, serviceName(element, attribute, value), known));
        }
        return names;
    }

    ServiceName known(XmlElement element, ServiceName name, Set<ServiceName> known) {
        if (!known.contains(name)) {
            throw problem(
                    element,
                    "unknown service '" + name.value() + "'",
                    "correct the name, or add <service name=\"" + name.value() + "\"> to <services>");
        }
        return name;
    }

    Set<String> names(XmlElement element, String attribute, Set<String> otherwise) {
        if (!element.has(attribute)) {
            return otherwise;
        }
        Set<String> names = new LinkedHashSet<>();
        for (String name : words(element.required(attribute))) {
            if (!names.add(name)) {
                throw problem(element, "attribute '" + attribute + "' names '" + name + "' twice", "name it once");
            }
        }
        if (names.isEmpty()) {
            throw problem(
                    element, "attribute '" + attribute + "' is empty", "give names separated by blanks, or remove it");
        }
        return names;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.strip().split("\\s+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    Set<Suite> suites(XmlElement element, String attribute) {
        Set<Suite> suites = EnumSet.noneOf(Suite.class);
        for (String word : names(element, attribute, Set.of())) {
            suites.add(suite(element, attribute, word));
        }
        return suites;
    }

    Suite suite(XmlElement element, String attribute, String value) {
        for (Suite suite : Suite.values()) {
            if (Integer.toString(suite.code()).equals(value)) {
                return suite;
            }
        }
        throw problem(
                element,
                "attribute '" + attribute + "' names the unknown suite '" + value + "'",
                "use " + codes(EnumSet.allOf(Suite.class)));
    }

    static String codes(Set<Suite> suites) {
        return String.join(
                " or ",
                suites.stream().map(suite -> Integer.toString(suite.code())).toList());
    }

    <E extends Enum<E>> E choice(XmlElement element, String attribute, Class<E> type, E otherwise) {
        if (!element.has(attribute)) {
            return otherwise;
        }
        List<String> known = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(element.required(attribute))) {
                return constant;
            }
            known.add(name);
        }
        throw notOneOf(element, attribute, known);
    }

    boolean yesOrNo(XmlElement element, String attribute, boolean otherwise) {
        return switch (element.optional(attribute).orElse(Boolean.toString(otherwise))) {
            case "true" -> true;
            case "false" -> false;
            default -> throw notOneOf(element, attribute, List.of("true", "false"));
        };
    }

    private PolicyException notOneOf(XmlElement element, String attribute, List<String> known) {
        return problem(
                element,
                "attribute '" + attribute + "' is '" + element.required(attribute) + "'",
                "use one of " + String.join(", ", known));
    }

    Duration duration(XmlElement element, String attribute, Duration otherwise, Duration least, Duration most) {
        if (!element.has(attribute)) {
            return otherwise;
        }
        String value = element.required(attribute);
        if (!DURATION.matcher(value).matches()) {
            throw noDuration(element, attribute, value);
        }
        Duration duration;
        try {
            duration = Duration.parse(value);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw noDuration(element, attribute, value);
        }
        requireBetween(element, attribute, duration, least, most, value);
        return duration;
    }

    /** A moment in UTC. */
    Optional<Instant> instant(XmlElement element, String attribute) {
        if (!element.has(attribute)) {
            return Optional.empty();
        }
        String value = element.required(attribute);
        if (!INSTANT.matcher(value).matches()) {
            throw noInstant(element, attribute, value);
        }
        try {
            return Optional.of(Instant.parse(value));
        } catch (DateTimeParseException e) {
            throw noInstant(element, attribute, value);
        }
    }

    private PolicyException noInstant(XmlElement element, String attribute, String value) {
        return problem(
                element,
                "attribute '" + attribute + "' is no time in UTC: '" + value + "'",
                "write it as in 2027-01-31T00:00:00Z");
    }

    private PolicyException noDuration(XmlElement element, String attribute, String value) {
        return problem(
                element,
                "attribute '" + attribute + "' is no duration: '" + value + "'",
                "write it as in P30D, PT15M or P1DT12H");
    }

    long count(XmlElement element, String attribute, long otherwise, long most) {
        if (!element.has(attribute)) {
            return otherwise;
        }
        String value = element.required(attribute);
        if (!value.matches("[0-9]{1,15}")) {
            throw problem(
                    element,
                    "attribute '" + attribute + "' is no number: '" + value + "'",
                    "write it with digits only");
        }
        long count = Long.parseLong(value);
        requireBetween(element, attribute, count, 1L, most, value);
        return count;
    }

    long size(XmlElement element, String attribute, long otherwise, long least, long most) {
        if (!element.has(attribute)) {
            return otherwise;
        }
        String value = element.required(attribute);
        Matcher size = SIZE.matcher(value);
        if (!size.matches()) {
            throw problem(
                    element,
                    "attribute '" + attribute + "' is no size: '" + value + "'",
                    "write bytes, or a unit as in 64KiB, 10MiB, 1GiB");
        }
        long bytes = size.group(1) != null
                ? Long.parseLong(size.group(1))
                : Long.parseLong(size.group(2)) << (10 * (UNITS.indexOf(size.group(3)) + 1));
        requireBetween(element, attribute, bytes, least, most, value);
        return bytes;
    }

    double fraction(XmlElement element, String attribute, double otherwise, double most) {
        if (!element.has(attribute)) {
            return otherwise;
        }
        String value = element.required(attribute);
        if (!FRACTION.matcher(value).matches()) {
            throw problem(
                    element, "attribute '" + attribute + "' is no fraction: '" + value + "'", "write it as in 0.1");
        }
        double fraction = Double.parseDouble(value);
        requireBetween(element, attribute, fraction, 0.0, most, value);
        return fraction;
    }

    private <T extends Comparable<T>> void requireBetween(
            XmlElement element, String attribute, T value, T least, T most, String text) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw problem(
                    element, "attribute '" + attribute + "' is " + text, "give a value from " + least + " to " + most);
        }
    }

    /** The password an element has in one of its three ways, or null; the caller erases it. */
    char[] passwordOrNull(XmlElement element) {
        List<String> ways = new ArrayList<>();
        for (String way : List.of("password", "password-file", "password-env")) {
            if (element.has(way)) {
                ways.add(way);
            }
        }
        if (ways.isEmpty()) {
            return null;
        }
        if (ways.size() > 1) {
            throw problem(element, "has both " + String.join(" and ", ways), "keep one");
        }
        return switch (ways.get(0)) {
            case "password" -> decoded(element, element.required("password").toCharArray());
            case "password-file" -> decoded(element, passwordFile(element));
            default -> decoded(element, passwordFromEnvironment(element));
        };
    }

    private char[] passwordFile(XmlElement element) {
        Path path = path(element, "password-file");
        byte[] content;
        try {
            if (Files.size(path) > MAX_PASSWORD_BYTES) {
                throw problem(element, path + ": is too large for a password", "give a file with the password alone");
            }
            content = Files.readAllBytes(path);
        } catch (IOException e) {
            throw problem(
                    element,
                    path + ": " + (Files.exists(path) ? "cannot be read" : "does not exist"),
                    "create the file with the password, readable by this process's user");
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            int end = text.length();
            while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
                end--;
            }
            char[] password = new char[end];
            text.get(password);
            return password;
        } catch (CharacterCodingException e) {
            throw problem(element, path + ": is not UTF-8 text", "give a file with the password alone");
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private char[] passwordFromEnvironment(XmlElement element) {
        String variable = element.required("password-env");
        String value = environment.apply(variable);
        if (value == null) {
            throw problem(element, "the environment variable '" + variable + "' is not set", "set it to the password");
        }
        return value.toCharArray();
    }

    private char[] decoded(XmlElement element, char[] password) {
        Matcher encoded = ENCODED.matcher(CharBuffer.wrap(password));
        if (!encoded.matches()) {
            return password;
        }
        if (decoderOrNull == null) {
            throw problem(
                    element,
                    "the password is encoded, and nothing here can decode it",
                    "use password-file or password-env");
        }
        try {
            return decoderOrNull.decode(encoded.group(1)).toCharArray();
        } catch (Exception e) {
            throw problem(
                    element,
                    "the encoded password cannot be decoded",
                    "encode it again with the broker's own mask tool");
        }
    }
}
