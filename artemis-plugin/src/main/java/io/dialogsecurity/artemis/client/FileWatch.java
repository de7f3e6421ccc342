package io.dialogsecurity.artemis.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks at files every few seconds and calls when one has changed. Looking works on every file system, through links and
 * for files that are replaced as a whole, where notifications do not. One thread for the process.
 */
final class FileWatch implements AutoCloseable {

    private static final long SECONDS_BETWEEN_LOOKS = 2;

    private static final ScheduledExecutorService LOOKING = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "dialog-security-configuration");
        thread.setDaemon(true);
        return thread;
    });

    private final Runnable changed;
    private ScheduledFuture<?> looking;
    private List<Path> files;
    private String seen;

    private FileWatch(Collection<Path> files, Runnable changed) {
        this.changed = changed;
        files(files);
    }

    static FileWatch start(Collection<Path> files, Runnable changed) {
        FileWatch watch = new FileWatch(files, changed);
        watch.looking = LOOKING.scheduleWithFixedDelay(
                watch::look, SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS);
        return watch;
    }

    /** Looks at these files from now on; as they are now is how they are known. */
    synchronized void files(Collection<Path> watched) {
        this.files = List.copyOf(watched);
        this.seen = fingerprint(this.files);
    }

    private void look() {
        synchronized (this) {
            String now = fingerprint(files);
            if (now.equals(seen)) {
                return;
            }
            seen = now; // also if it cannot be used: it is reported once, not every two seconds
        }
        changed.run();
    }

    private static String fingerprint(List<Path> files) {
        TreeMap<String, String> facts = new TreeMap<>();
        for (Path file : files) {
            String fact;
            try {
                fact = Files.getLastModifiedTime(file) + "/" + Files.size(file);
            } catch (IOException e) {
                fact = "missing";
            }
            facts.put(file.toString(), fact);
        }
        return facts.toString();
    }

    @Override
    public void close() {
        looking.cancel(false);
    }
}
