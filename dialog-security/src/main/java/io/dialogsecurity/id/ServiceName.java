package io.dialogsecurity.id;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The name of a service: a named endpoint of business logic, shared by all its instances and never a host (seed 004).
 *
 * @param value 1 to {@value #MAX_BYTES} bytes of UTF-8 without control characters
 */
public record ServiceName(String value) implements Comparable<ServiceName> {

    /** Longest name, in bytes of UTF-8. */
    public static final int MAX_BYTES = 128;

    /** @throws IllegalArgumentException if the value is empty, too long, or holds a control character */
    public ServiceName {
        Objects.requireNonNull(value, "service name");
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "A service name has 1 to " + MAX_BYTES + " bytes of UTF-8, this one has " + bytes);
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("A service name has no control characters");
        }
    }

    @Override
    public int compareTo(ServiceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
