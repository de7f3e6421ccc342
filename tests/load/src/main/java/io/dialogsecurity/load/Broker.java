package io.dialogsecurity.load;

import io.dialogsecurity.testkit.plain.Login;
import io.dialogsecurity.testkit.plain.PlainClient;
import io.dialogsecurity.testkit.plain.PlainFailure;
import io.dialogsecurity.testkit.plain.PlainKind;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How clients get to the broker and away from it. */
final class Broker {

    static final String PASSWORD = "secret";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Broker() {}

    /** A user's login over a line; with a client's name, one whose session and subscriptions last. */
    static Login login(Relay relay, String user, String clientOrNull) {
        Login login = new Login(relay.port(), user, PASSWORD, null, false, null);
        return clientOrNull == null ? login : login.lastingAs(clientOrNull);
    }

    /**
     * Waits as long as something fails that may fail: right after a line was cut the broker may still believe that the client
     * is there, and refuse another one of its name.
     *
     * @throws PlainFailure when it fails too long
     */
    static void insist(Stop stop, Runnable attempt) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!stop.isNow()) {
            try {
                attempt.run();
                return;
            } catch (PlainFailure e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** A connection over a new line, if it can be had. */
    static Connected connect(PlainKind kind, int port, String user, String clientOrNull) {
        Relay relay = Relay.to(port);
        try {
            return new Connected(relay, kind.connect(login(relay, user, clientOrNull)));
        } catch (RuntimeException e) {
            relay.close();
            throw e;
        }
    }

    /** A client and its line. */
    record Connected(Relay relay, PlainClient client) implements AutoCloseable {

        /** Takes leave if there is still somebody to take leave of. */
        @Override
        public void close() {
            try {
                if (relay.isOver()) {
                    client.breakOff();
                } else {
                    client.close();
                }
            } catch (PlainFailure e) {
                // The line may have been cut just now; then the library finds nobody to tell.
                if (!relay.isOver()) {
                    throw e;
                }
            } finally {
                relay.close();
            }
        }
    }
}
