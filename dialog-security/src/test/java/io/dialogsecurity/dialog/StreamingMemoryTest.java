package io.dialogsecurity.dialog;

import static io.dialogsecurity.dialog.TestServices.ORDER_ENTRY;
import static io.dialogsecurity.dialog.TestServices.SHIPPING;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A body of 1 GiB passes through a process that has 48 MiB. */
class StreamingMemoryTest {

    private static final long BODY_BYTES = 1L << 30;

    @Test
    @DisplayName("1 GiB is sealed and opened in a heap of 48 MiB")
    void oneGibibyte() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StreamingMemoryTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(output).contains("opened " + BODY_BYTES + " bytes");
        assertThat(process.exitValue()).isZero();
    }

    /** The small process. */
    public static void main(String[] arguments) throws Exception {
        DialogEndpoint sender = TestServices.endpoint(ORDER_ENTRY, Suite.SUITE_2, TestServices.everybody(Suite.SUITE_2))
                .build();
        DialogEndpoint receiver = TestServices.endpoint(SHIPPING, Suite.SUITE_2, TestServices.anchorsAlone())
                .build();
        PipedInputStream wire = new PipedInputStream(1 << 17);
        PipedOutputStream sealed = new PipedOutputStream(wire);
        Thread sealing = new Thread(() -> send(sender, sealed), "sealing");
        sealing.start();
        OpenedStream stream = (OpenedStream) receiver.openStream(wire, Reception.at("archive"));
        System.out.println("opened " + count(stream.payload()) + " bytes");
        sealing.join();
    }

    private static void send(DialogEndpoint sender, OutputStream sealed) {
        byte[] block = new byte[1 << 16];
        try (DialogSealer sealer = sender.begin(Set.of(SHIPPING));
                OutputStream out = sealer.sealStream(MessageContent.bytes(new byte[0]), "archive", sealed)) {
            for (long written = 0; written < BODY_BYTES; written += block.length) {
                block[0] = (byte) written;
                out.write(block);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long count(InputStream payload) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        for (int n = payload.read(buffer); n >= 0; n = payload.read(buffer)) {
            total += n;
        }
        return total;
    }
}
