package io.dialogsecurity.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JDBC URL may have a password in many places, and none of them is shown. */
class SecretsTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://127.0.0.1:1/db?user=ds&password=sesame",
                "jdbc:postgresql://127.0.0.1:1/db?sslpassword=sesame",
                "jdbc:postgresql://ds:sesame@127.0.0.1:1/db",
                "jdbc:postgresql://ds:ses/ame-sesame@127.0.0.1:1/db",
                "jdbc:postgresql://ds:se?sesame@127.0.0.1:1/db",
                "jdbc:postgresql:///db?port=none&password=sesame",
                "jdbc:h2:tcp://127.0.0.1:1/db;USER=ds;PASSWORD=sesame",
                "jdbc:h2:mem:one;PASSWORD",
                "jdbc:h2:;PASSWORD=sesame",
                "jdbc:h2:tcp://127.0.0.1:1/db;pwd=a@sesame",
                "jdbc:oracle:thin:ds/sesame@127.0.0.1:1/db",
                "jdbc:nothing:sesame@host",
                "sesame@host"
            })
    @DisplayName("What is said of a database that cannot be opened has no password in it, wherever the URL has one")
    void urls(String url) {
        StoreSettings settings = StoreSettings.in(directory)
                .url(url)
                .user("ds")
                .password("sesame".toCharArray())
                .build();
        assertThat(settings.toString()).doesNotContain("sesame");
        Throwable failure = catchThrowable(() -> EndpointStore.open(settings, TestStores.CLOCK));
        assertThat(failure).isInstanceOf(StoreException.class);
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain("sesame");
    }
}
