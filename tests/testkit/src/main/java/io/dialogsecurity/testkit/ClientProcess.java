package io.dialogsecurity.testkit;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A main class running in a JVM of its own: its output is kept line by line, and it can be killed in
 * the middle. Safe for use by several threads.
 */
public final class ClientProcess implements AutoCloseable {

    private static final int LINES_IN_MESSAGES = 40;

    private final String name;
    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final BufferedWriter input;
    private final Thread reader;

    private ClientProcess(String name, Process process, Consumer<String> listener) {
        this.name = name;
        this.process = ProcessReaper.watch(process);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.reader = new Thread(() -> read(listener), name + "-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Describes a process of the JVM this one runs on, with the class path of this one. */
    public static Builder of(String mainClass) {
        return new Builder(mainClass);
    }

    /** What the process wrote so far, standard output and error in one. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /**
     * Waits for a line of output.
     *
     * @return the first that fits, of all written since the start
     * @throws AssertionError when none came in time or the process ended without one
     */
    public String awaitLine(Duration patience, Predicate<String> wanted) {
        Await.until(
                patience,
                () -> "a line of " + name + "; it wrote:\n" + tail(),
                () -> find(wanted) != null || !reader.isAlive());
        String line = find(wanted);
        if (line == null) {
            throw new AssertionError(name + " ended without the line waited for; it wrote:\n" + tail());
        }
        return line;
    }

    /** Writes a line to the standard input of the process. */
    public void writeLine(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for the end of the process and of its output.
     *
     * @return the exit code
     * @throws AssertionError when it still runs when time is up
     */
    public int awaitExit(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " still runs; it wrote:\n" + tail());
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the process as {@code kill -9} does: nothing in it gets a chance to tidy up. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(10));
    }

    /** Whether the process runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The number the operating system gave the process. */
    public long pid() {
        return process.pid();
    }

    /** Kills the process if it still runs. */
    @Override
    public void close() {
        kill();
    }

    private void read(Consumer<String> listener) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                listener.accept(line);
            }
        } catch (IOException e) {
            lines.add("(output lost: " + e.getMessage() + ")");
        }
    }

    private String find(Predicate<String> wanted) {
        return lines.stream().filter(wanted).findFirst().orElse(null);
    }

    private String tail() {
        List<String> all = lines();
        return String.join("\n", all.subList(Math.max(0, all.size() - LINES_IN_MESSAGES), all.size()));
    }

    /** Describes a process; not for use by several threads. */
    public static final class Builder {

        private final String mainClass;
        private final List<String> arguments = new ArrayList<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private String classPath = System.getProperty("java.class.path");
        private String name;
        private Path javaHome = Path.of(System.getProperty("java.home"));
        private Path directory = Path.of("");
        private Consumer<String> listener = line -> {};

        private Builder(String mainClass) {
            this.mainClass = mainClass;
            this.name = mainClass.substring(mainClass.lastIndexOf('.') + 1);
        }

        /** What the process is called in messages; otherwise its main class. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /** Another class path than that of this JVM. */
        public Builder classPath(Collection<Path> entries) {
            this.classPath = entries.stream()
                    .map(Path::toString)
                    .collect(Collectors.joining(System.getProperty("path.separator")));
            return this;
        }

        /** Adds arguments for the main class. */
        public Builder arguments(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        /** Adds options for the JVM, such as {@code -Xmx64m}. */
        public Builder jvmOptions(String... more) {
            jvmOptions.addAll(List.of(more));
            return this;
        }

        /** Another JDK than that of this JVM. */
        public Builder javaHome(Path home) {
            this.javaHome = home;
            return this;
        }

        /** Another working directory than that of this JVM. */
        public Builder directory(Path workingDirectory) {
            this.directory = workingDirectory;
            return this;
        }

        /** Told every line of output as it comes, on a thread of its own. */
        public Builder onLine(Consumer<String> lineListener) {
            this.listener = lineListener;
            return this;
        }

        /** Starts the process. */
        public ClientProcess start() {
            List<String> command = new ArrayList<>();
            command.add(javaHome.resolve("bin").resolve("java").toString());
            command.addAll(jvmOptions);
            command.add("-cp");
            command.add(classPath);
            command.add(mainClass);
            command.addAll(arguments);
            try {
                Process process = new ProcessBuilder(command)
                        .directory(directory.toAbsolutePath().toFile())
                        .redirectErrorStream(true)
                        .start();
                return new ClientProcess(name, process, listener);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start " + name, e);
            }
        }
    }
}
