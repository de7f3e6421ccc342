package io.dialogsecurity.testkit;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Kills what is still running of the processes started here when this JVM ends. */
final class ProcessReaper {

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "process-reaper"));
    }

    private ProcessReaper() {}

    static Process watch(Process process) {
        RUNNING.add(process);
        process.onExit().thenAccept(RUNNING::remove);
        return process;
    }
}
