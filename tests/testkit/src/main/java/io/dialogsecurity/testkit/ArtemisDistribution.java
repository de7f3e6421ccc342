package io.dialogsecurity.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The real Artemis distribution as the build unpacked it. The build tells its place in the system
 * property {@code artemis.home}; without it, in a development environment for instance, it is looked
 * for in the build's output around the working directory.
 */
public final class ArtemisDistribution {

    /** The version everything here is tried against. */
    public static final String VERSION = "2.56.0";

    private static final String UNPACKED = "tests/target/apache-artemis-" + VERSION;

    private final Path home;

    private ArtemisDistribution(Path home) {
        this.home = home.toAbsolutePath().normalize();
    }

    /**
     * The distribution that the build unpacked.
     *
     * @throws IllegalStateException when there is none
     */
    public static ArtemisDistribution find() {
        String given = System.getProperty("artemis.home", "");
        if (!given.isBlank()) {
            return at(Path.of(given));
        }
        for (Path around = Path.of("").toAbsolutePath(); around != null; around = around.getParent()) {
            if (Files.isDirectory(around.resolve(UNPACKED))) {
                return at(around.resolve(UNPACKED));
            }
        }
        throw new IllegalStateException(
                "no Artemis distribution: set -Dartemis.home, or let the build unpack it to " + UNPACKED);
    }

    /**
     * A distribution at a known place.
     *
     * @throws IllegalStateException when there is none
     */
    public static ArtemisDistribution at(Path home) {
        ArtemisDistribution distribution = new ArtemisDistribution(home);
        if (!Files.isRegularFile(distribution.bootJar())) {
            throw new IllegalStateException(home + " is no Artemis distribution: it has no lib/artemis-boot.jar");
        }
        return distribution;
    }

    /** The directory that holds {@code bin} and {@code lib}. */
    public Path home() {
        return home;
    }

    Path bootJar() {
        return home.resolve("lib").resolve("artemis-boot.jar");
    }
}
