package io.dialogsecurity.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One vector as the file it is in: lines {@code name: value}; a name may come again; lines that begin with blanks
 * continue the value, in hexadecimal. The README beside the vectors says what the names mean.
 */
final class Vector {

    private static final int HEX_DIGITS_PER_LINE = 96;

    private final Map<String, List<String>> fields = new LinkedHashMap<>();

    /** Adds a line. */
    Vector put(String name, Object value) {
        fields.computeIfAbsent(name, ignored -> new ArrayList<>()).add(String.valueOf(value));
        return this;
    }

    /** Adds bytes, in hexadecimal. */
    Vector put(String name, byte[] value) {
        return put(name, HexFormat.of().formatHex(value));
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    String get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("The vector has no '" + name + "'"));
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(fields.get(name)).map(values -> values.get(0));
    }

    List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }

    byte[] bytes(String name) {
        return HexFormat.of().parseHex(get(name));
    }

    static Vector read(Path file) {
        try {
            Vector vector = new Vector();
            String name = null;
            StringBuilder value = new StringBuilder();
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                if (line.startsWith(" ")) {
                    value.append(line.strip());
                    continue;
                }
                if (name != null) {
                    vector.put(name, value);
                }
                int colon = line.indexOf(':');
                name = line.substring(0, colon);
                value = new StringBuilder(line.substring(colon + 1).strip());
            }
            vector.put(name, value);
            return vector;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(Path file) {
        StringBuilder text = new StringBuilder();
        fields.forEach((name, values) -> values.forEach(value -> {
            text.append(name).append(':');
            if (value.length() > HEX_DIGITS_PER_LINE && value.matches("[0-9a-f]+")) {
                for (int at = 0; at < value.length(); at += HEX_DIGITS_PER_LINE) {
                    text.append("\n  ").append(value, at, Math.min(value.length(), at + HEX_DIGITS_PER_LINE));
                }
            } else if (!value.isEmpty()) {
                text.append(' ').append(value);
            }
            text.append('\n');
        }));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All vectors by file, in order. */
    static Map<Path, Vector> readAll(Path directory) {
        try (var files = Files.walk(directory)) {
            Map<Path, Vector> vectors = new LinkedHashMap<>();
            files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .forEach(file -> vectors.put(file, read(file)));
            return vectors;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
