package io.dialogsecurity.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the two jars that leave the house, and what is not. */
class PackagedJarsIT {

    private static final Path BROKER_JAR = Path.of(System.getProperty("dialogsecurity.broker.jar"));
    private static final Path CLIENT_JAR = Path.of(System.getProperty("dialogsecurity.client.jar"));

    private static final String OURS = "io/dialogsecurity/";
    private static final String SHADED = OURS + "shaded/";
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
    private static final String[] MODULES = {
        OURS + "id/", OURS + "dialog/", OURS + "cache/", OURS + "failover/", OURS + "artemis/"
    };

    @TempDir
    Path temporary;

    @Test
    void theBrokerJarHoldsOurModulesAndLibrariesInAPackageOfOurs() throws IOException {
        assertThat(packages(BROKER_JAR)).allMatch(name -> name.startsWith(OURS));
        assertThat(bundled(BROKER_JAR)).containsExactly("bouncycastle", "flywaydb", "h2", "hikari");
    }

    @Test
    void theClientJarAlsoHoldsCaffeineAndPicocliInPackagesOfOurs() throws IOException {
        assertThat(packages(CLIENT_JAR)).allMatch(name -> name.startsWith(OURS));
        assertThat(bundled(CLIENT_JAR))
                .containsExactly("bouncycastle", "caffeine", "flywaydb", "h2", "hikari", "picocli");
    }

    @Test
    void bothJarsHoldEveryModule() throws IOException {
        for (Path jar : List.of(BROKER_JAR, CLIENT_JAR)) {
            for (String module : MODULES) {
                assertThat(packages(jar)).as(jar.toString()).anyMatch(name -> name.startsWith(module));
            }
        }
    }

    @Test
    void noClassStillNamesBouncyCastleByItsOldName() throws IOException {
        for (Path jar : List.of(BROKER_JAR, CLIENT_JAR)) {
            assertThat(classesNaming(jar, "org/bouncycastle/"))
                    .as(jar.toString())
                    .isEmpty();
            assertThat(classesNaming(jar, "com/zaxxer/")).as(jar.toString()).isEmpty();
            assertThat(classesNaming(jar, "org/flywaydb/")).as(jar.toString()).isEmpty();
        }
        assertThat(classesNaming(CLIENT_JAR, "com/github/benmanes/")).isEmpty();
    }

    @Test
    void noSignatureAndNoServiceOfAnotherIsLeftOver() throws IOException {
        for (Path jar : List.of(BROKER_JAR, CLIENT_JAR)) {
            assertThat(entries(jar))
                    .as(jar.toString())
                    .noneMatch(name -> SIGNATURE.matcher(name).matches())
                    .noneMatch(name -> name.startsWith("META-INF/versions/"))
                    .noneMatch(name -> name.matches("META-INF/services/(?!io\\.dialogsecurity).+"))
                    .contains("META-INF/LICENSE", "META-INF/LICENSE.md", "META-INF/NOTICE");
        }
    }

    @Test
    void theClientJarStartsTheCommandLine() throws IOException {
        try (JarFile file = new JarFile(CLIENT_JAR.toFile())) {
            assertThat(file.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS))
                    .isEqualTo("io.dialogsecurity.artemis.cli.Main");
        }
    }

    /** Caffeine finds its generated cache classes by name; they must have moved with it. */
    @Test
    void theBundledCaffeineFindsItsOwnClasses() throws ReflectiveOperationException, IOException {
        URL[] path = {CLIENT_JAR.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            Class<?> caffeine = loader.loadClass("io.dialogsecurity.shaded.caffeine.cache.Caffeine");
            Object builder = caffeine.getMethod("newBuilder").invoke(null);
            caffeine.getMethod("maximumSize", long.class).invoke(builder, 1L);
            Object cache = caffeine.getMethod("build").invoke(builder);
            Method estimatedSize = loader.loadClass("io.dialogsecurity.shaded.caffeine.cache.Cache")
                    .getMethod("estimatedSize");
            assertThat(estimatedSize.invoke(cache)).isEqualTo(0L);
        }
    }

    /**
     * A process that has nothing but the jar and SLF4J, and whose threads have no class loader of their own, opens endpoint
     * state, closes it and opens it again: migrations and database find their parts under their new names.
     */
    @Test
    void bothJarsOpenEndpointState() throws Exception {
        for (Path jar : List.of(BROKER_JAR, CLIENT_JAR)) {
            Path directory = Files.createTempDirectory(temporary, "state");
            for (String expected : List.of("empty true", "empty false")) {
                Process process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                String.join(File.pathSeparator, own(), jar.toString(), slf4j()),
                                OpensState.class.getName(),
                                directory.toString())
                        .redirectErrorStream(true)
                        .start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
                assertThat(output).as(jar.toString()).contains(expected);
            }
        }
    }

    private static String own() throws URISyntaxException {
        return Path.of(OpensState.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
    }

    private static String slf4j() throws URISyntaxException {
        return Path.of(org.slf4j.Logger.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
    }

    private static List<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().map(JarEntry::getName).toList();
        }
    }

    /** The directories of everything but {@code META-INF}. */
    private static TreeSet<String> packages(Path jar) throws IOException {
        TreeSet<String> packages = new TreeSet<>();
        for (String name : entries(jar)) {
            if (!name.startsWith("META-INF/") && !name.endsWith("/")) {
                packages.add(name.substring(0, name.lastIndexOf('/') + 1));
            }
        }
        return packages;
    }

    /** The libraries below our package for other people's code. */
    private static TreeSet<String> bundled(Path jar) throws IOException {
        TreeSet<String> libraries = new TreeSet<>();
        for (String name : packages(jar)) {
            if (name.startsWith(SHADED)) {
                libraries.add(name.substring(SHADED.length()).split("/", 2)[0]);
            }
        }
        return libraries;
    }

    private static List<String> classesNaming(Path jar, String text) throws IOException {
        List<String> found = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().toList()) {
                if (entry.getName().endsWith(".class")) {
                    try (InputStream in = file.getInputStream(entry)) {
                        // Names in class files are ASCII, so that every byte may be a character here.
                        if (new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).contains(text)) {
                            found.add(entry.getName());
                        }
                    }
                }
            }
        }
        return found;
    }
}
