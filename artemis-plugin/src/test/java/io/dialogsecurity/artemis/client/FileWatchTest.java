package io.dialogsecurity.artemis.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {

    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path directory;

    @Test
    void aFileThatIsReplacedOrVanishesIsNoticed() throws Exception {
        Path replaced = Files.writeString(directory.resolve("replaced"), "old");
        Path vanishing = Files.writeString(directory.resolve("vanishing"), "here");
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(2);
        try (FileWatch watch = FileWatch.start(List.of(replaced, vanishing), () -> {
            first.countDown();
            second.countDown();
        })) {
            Files.move(
                    Files.writeString(directory.resolve("new"), "something longer"),
                    replaced,
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThat(first.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            Files.delete(vanishing);
            assertThat(second.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aRunningEndpointTakesAChangedFile() throws Exception {
        TestConfigurations configurations = TestConfigurations.in(directory);
        String before = "<addresses><address match=\"orders\" action=\"bypass\"/></addresses>";
        String after = "<addresses><address match=\"orders\" action=\"drop\"/></addresses>";
        try (ClientEndpoint endpoint =
                ClientEndpoint.open(configurations.write("sales", List.of("order-entry"), before))) {
            assertThat(endpoint.outgoing(false).dialogFor("orders", null, null)).isEmpty();
            CountDownLatch read = new CountDownLatch(1);
            try (FileWatch watch = FileWatch.start(List.of(endpoint.configuration()), read::countDown)) {
                configurations.write("sales", List.of("order-entry"), after);
                assertThat(read.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            }
            endpoint.reload(); // at the latest; it may have seen the change already
            assertThat(endpoint.policy("orders").action().name()).isEqualTo("DROP");
        }
    }
}
