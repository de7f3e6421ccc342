package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.ClientClassPath;
import io.dialogsecurity.testkit.ClientProcess;
import io.dialogsecurity.testkit.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process of the run as the demonstration sees it. Its class path is what an application's is: the JMS clients and our
 * one jar for clients.
 */
final class Application implements AutoCloseable {

    private final String name;
    private final ClientProcess process;
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private final Consumer<Line> onTrouble;
    private volatile long progress;

    private Application(String name, String mainClass, Consumer<Line> onTrouble, List<String> arguments) {
        this.name = name;
        this.onTrouble = onTrouble;
        this.process = ClientProcess.of(mainClass)
                .name(name)
                .classPath(ClientClassPath.entries())
                .jvmOptions(ClientClassPath.quietJava())
                .jvmOptions("-Xms64m", "-Xmx320m")
                .arguments(arguments.toArray(String[]::new))
                .onLine(this::hear)
                .start();
    }

    static Application start(String name, String mainClass, Consumer<Line> onTrouble, Plan plan) {
        List<String> arguments = new ArrayList<>(List.of(name));
        arguments.addAll(List.of(plan.toArguments()));
        return new Application(name, mainClass, onTrouble, arguments);
    }

    private void hear(String text) {
        Line.parse(text).ifPresent(line -> {
            if (line.is("progress")) {
                progress = line.number("count");
            } else if (line.is("trouble")) {
                onTrouble.accept(line.with("process", name));
            } else {
                lines.add(line);
            }
        });
    }

    void tell(Line line) {
        if (line.is("prepare")) {
            progress = 0;
        }
        process.writeLine(line.toString());
    }

    /** Messages sent and received in the round. */
    long progress() {
        return progress;
    }

    /** The line that is waited for, the ones before it going to the consumer; null if it has not come in that time. */
    Line poll(String word, Duration patience, Consumer<Line> others) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            for (long left = patience.toNanos(); left >= 0; left = deadline - System.nanoTime()) {
                Line line = lines.poll(left, TimeUnit.NANOSECONDS);
                if (line == null) {
                    break;
                }
                if (line.is(word)) {
                    return line;
                }
                others.accept(line);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " has ended; it said:\n" + tail());
        }
        return null;
    }

    /** As {@link #poll}, but it has to come. */
    Line await(String word, Duration patience) {
        Line line = poll(word, patience, other -> {});
        if (line == null) {
            throw new IllegalStateException(name + " does not say '" + word + "'; it said:\n" + tail());
        }
        return line;
    }

    private String tail() {
        List<String> all = process.lines();
        return String.join("\n", all.subList(Math.max(0, all.size() - 30), all.size()));
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }
}
