package io.dialogsecurity.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * One client's line to the broker, which can be cut: neither side is told anything before, whatever the protocol. Safe for
 * use by several threads.
 */
final class Relay implements AutoCloseable {

    private static final int BUFFER = 16 * 1024;
    private static final int STACK = 128 * 1024;

    private final ServerSocket door;
    private final int brokerPort;
    private Socket client;
    private Socket broker;
    private boolean cut;
    private boolean closed;
    private boolean ended;

    private Relay(ServerSocket door, int brokerPort) {
        this.door = door;
        this.brokerPort = brokerPort;
    }

    /** A line that takes one connection. */
    static Relay to(int brokerPort) {
        try {
            Relay relay = new Relay(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), brokerPort);
            start(relay::connect);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(null, work, "relay", STACK);
        thread.setDaemon(true);
        thread.start();
    }

    /** Where the client finds it. */
    int port() {
        return door.getLocalPort();
    }

    private void connect() {
        try {
            Socket accepted = door.accept();
            accepted.setTcpNoDelay(true);
            Socket onward = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
            onward.setTcpNoDelay(true);
            synchronized (this) {
                client = accepted;
                broker = onward;
                if (closed) {
                    closeBoth();
                    return;
                }
            }
            start(() -> pump(accepted, onward));
            pump(onward, accepted);
        } catch (IOException e) {
            end();
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            end();
        } catch (IOException e) {
            end();
        }
    }

    private synchronized void end() {
        ended = true;
        closeBoth();
    }

    /** Cuts the line; false if it was not whole any more. */
    synchronized boolean cut() {
        if (closed || ended || client == null) {
            return false;
        }
        cut = true;
        closed = true;
        try {
            client.setSoLinger(true, 0);
            broker.setSoLinger(true, 0);
        } catch (IOException alreadyGone) {
            ended = true;
        }
        closeBoth();
        return true;
    }

    /** Whether {@link #cut()} was what ended it. */
    synchronized boolean wasCut() {
        return cut;
    }

    /** Whether nothing more goes through. */
    synchronized boolean isOver() {
        return closed || ended;
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeBoth();
    }

    private void closeBoth() {
        close(door);
        close(client);
        close(broker);
    }

    private static void close(AutoCloseable orNull) {
        if (orNull == null) {
            return;
        }
        try {
            orNull.close();
        } catch (Exception e) {
            throw new IllegalStateException("a socket cannot be closed", e);
        }
    }
}
