package io.dialogsecurity.failover;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which run of the operating system this is: as long as it is the same, nothing that was written to a file is lost. */
final class SystemBoot {

    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    private SystemBoot() {}

    /**
     * A number that is the same until the next start of the system. Where the system does not tell, another one each time:
     * the death of a process is then treated as a loss of power.
     */
    static long id() {
        try {
            return Checksum.of(Files.readAllBytes(LINUX)) | 1L << 63;
        } catch (IOException e) {
            byte[] never =
                    (ProcessHandle.current().pid() + " " + System.nanoTime()).getBytes(StandardCharsets.US_ASCII);
            return Checksum.of(never) | 1L << 63;
        }
    }
}
