package io.dialogsecurity.takeover;

import io.dialogsecurity.testkit.ClientClassPath;
import io.dialogsecurity.testkit.ClientProcess;
import io.dialogsecurity.testkit.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The process of an instance, as the coordinator sees it. */
final class Instance implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String AUDIT = "io.dialogsecurity";

    private final Part part;
    private final String name;
    private final Consumer<String> log;
    private final List<Line> troubles = new CopyOnWriteArrayList<>();
    private final List<String> audit = new CopyOnWriteArrayList<>();
    private final ClientProcess process;
    private volatile Operations operations = Operations.NONE;
    private volatile long duplicatesRemoved;
    private volatile Line failure;

    private Instance(Part part, String name, Plan plan, Consumer<String> log) {
        this.part = part;
        this.name = name;
        this.log = log;
        List<String> arguments = new ArrayList<>(List.of(part.name(), name));
        arguments.addAll(List.of(plan.toArguments()));
        this.process = ClientProcess.of(Participant.class.getName())
                .name(name)
                .classPath(ClientClassPath.entries())
                .jvmOptions(ClientClassPath.quietJava())
                .jvmOptions("-Xms48m", "-Xmx192m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .arguments(arguments.toArray(String[]::new))
                .onLine(this::hear)
                .start();
    }

    /** @param log is told what it says, but for its reports */
    static Instance start(Part part, String name, Plan plan, Consumer<String> log) {
        return new Instance(part, name, plan, log);
    }

    private void hear(String text) {
        Line line = Line.parse(text).orElse(null);
        if (line == null || !line.is("status")) {
            log.accept(name + " " + text);
        }
        if (line == null) {
            if (text.contains(AUDIT) && text.contains("client ")) {
                audit.add(text);
            }
        } else if (line.is("status")) {
            operations = new Operations(
                    line.number("signatures"),
                    line.number("wraps"),
                    line.number("verifications"),
                    line.number("unwraps"));
            duplicatesRemoved = line.number("duplicates");
        } else if (line.is("trouble")) {
            troubles.add(line);
        } else if (line.is("failed")) {
            failure = line;
        }
    }

    Part part() {
        return part;
    }

    String name() {
        return name;
    }

    /** What its endpoint has computed since it began, as of its last report. */
    Operations operations() {
        return operations;
    }

    long duplicatesRemoved() {
        return duplicatesRemoved;
    }

    /** What was tried again. */
    List<Line> troubles() {
        return troubles;
    }

    /** What its endpoint refused. */
    List<String> audit() {
        return audit;
    }

    /** @throws IllegalStateException when a thread of it has failed, or it has ended without being asked */
    void requireWell() {
        if (failure != null || !process.isAlive()) {
            List<String> lines = process.lines().stream()
                    .filter(line -> !line.startsWith("@status"))
                    .toList();
            throw new IllegalStateException(name + " has failed; it said:\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size())));
        }
    }

    void stopSending() {
        process.writeLine(Line.of("stop-sending").toString());
    }

    void awaitStopped() {
        process.awaitLine(PATIENCE, line -> line.startsWith("@stopped-sending"));
    }

    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }
}
