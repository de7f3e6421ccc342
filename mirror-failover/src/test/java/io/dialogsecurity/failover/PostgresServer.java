package io.dialogsecurity.failover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A PostgreSQL server of a test's own, with whatever version the machine has; it does not run as root. */
final class PostgresServer implements AutoCloseable {

    private static final String USER = "sa";

    private final Process process;
    private final String url;

    private PostgresServer(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Where its programs are, if the machine has them. */
    static Optional<Path> programs() throws IOException {
        List<Path> places = new ArrayList<>();
        for (String place : System.getenv("PATH").split(":")) {
            places.add(Path.of(place));
        }
        Path packaged = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(packaged)) {
            try (Stream<Path> versions = Files.list(packaged)) {
                versions.map(version -> version.resolve("bin")).forEach(places::add);
            }
        }
        return places.stream()
                .filter(place ->
                        Files.isExecutable(place.resolve("initdb")) && Files.isExecutable(place.resolve("postgres")))
                .findFirst();
    }

    static PostgresServer start(Path programs) throws Exception {
        Path directory = Files.createTempDirectory("postgres");
        List<String> asUser = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            asUser.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
            Files.setOwner(
                    directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
        }
        Path data = directory.resolve("data");
        List<String> make = new ArrayList<>(asUser);
        make.addAll(List.of(
                programs.resolve("initdb").toString(), "-D", data.toString(), "-U", USER, "--auth=trust", "-N"));
        Process made = run(make, directory);
        if (made.waitFor() != 0) {
            throw new IOException("initdb: " + Files.readString(directory.resolve("log")));
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> serve = new ArrayList<>(asUser);
        serve.addAll(
                List.of(programs.resolve("postgres").toString(), "-D", data.toString(), "-p", Integer.toString(port)));
        serve.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"));
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
        PostgresServer server = new PostgresServer(run(serve, directory), url);
        Await.until(server::answers);
        return server;
    }

    private static Process run(List<String> command, Path directory) throws IOException {
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
    }

    private boolean answers() {
        try (Connection connection = DriverManager.getConnection(url, USER, "")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false; // not yet
        }
    }

    String url() {
        return url;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
