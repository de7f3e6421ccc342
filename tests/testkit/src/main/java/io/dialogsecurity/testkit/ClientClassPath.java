package io.dialogsecurity.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The class path and options of an application's process: the JMS clients and our one jar for clients. */
public final class ClientClassPath {

    /** What the one jar holds. */
    private static final List<String> IN_THE_JAR = List.of(
            "artemis-plugin",
            "dialog-security",
            "key-cache",
            "mirror-failover",
            "bcp",
            "bcutil",
            "caffeine",
            "h2-",
            "flyway-",
            "HikariCP",
            "picocli");

    private static final List<String> QUIET_JAVA = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private ClientClassPath() {}

    /**
     * What this process has, but for what is in the client jar, which comes first. Without the system property {@code
     * dialogsecurity.client.jar}, what this process has.
     */
    public static List<Path> entries() {
        Path jar = Path.of(System.getProperty("dialogsecurity.client.jar", ""));
        List<Path> entries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .toList();
        if (!Files.isRegularFile(jar)) {
            return entries;
        }
        List<Path> clients = new ArrayList<>(List.of(jar));
        entries.stream().filter(entry -> !isInTheJar(entry)).forEach(clients::add);
        return clients;
    }

    /** Options with which no Java complains of what Netty does. */
    public static String[] quietJava() {
        return QUIET_JAVA.toArray(String[]::new);
    }

    /** A module's jar, or its classes while it is being built. */
    private static boolean isInTheJar(Path entry) {
        String file = entry.getFileName().toString();
        String module = file.endsWith(".jar")
                ? file
                : entry.getParent().getParent().getFileName().toString();
        return IN_THE_JAR.stream().anyMatch(module::startsWith);
    }
}
