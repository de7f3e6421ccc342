package io.dialogsecurity.failover;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;

/** The same with PostgreSQL, where the machine has it. */
class PostgresStoreTest extends SharedStoreTest {

    private PostgresServer server;

    @Override
    String startServer() throws Exception {
        Optional<Path> programs = PostgresServer.programs();
        assumeTrue(programs.isPresent(), "there is no PostgreSQL");
        server = PostgresServer.start(programs.get());
        return server.url();
    }

    @Override
    void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }
}
