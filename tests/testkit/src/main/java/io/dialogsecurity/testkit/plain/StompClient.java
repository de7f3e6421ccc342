package io.dialogsecurity.testkit.plain;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * STOMP 1.2 over a socket, as its specification says. Every frame that may be answered asks for a
 * receipt. An error frame ends the connection; whoever uses it next is told what was in it.
 */
final class StompClient implements PlainClient {

    private static final long TIMEOUT_MILLIS = 20_000;
    /** What stands among the answers when there will be no more. */
    private static final String GONE = "gone";

    private static final Set<String> HEADERS = Set.of(
            "destination",
            "destination-type",
            "message-id",
            "subscription",
            "ack",
            "content-length",
            "content-type",
            "correlation-id",
            "expires",
            "redelivered",
            "priority",
            "persistent",
            "reply-to",
            "timestamp",
            "type");

    private final Socket socket;
    private final DataInputStream in;
    private final BlockingQueue<StompFrame> answers = new LinkedBlockingQueue<>();
    private final Map<String, BlockingQueue<StompFrame>> messages = new ConcurrentHashMap<>();
    private volatile String broken;
    private int last;

    private StompClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    static StompClient connect(Login login) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), login.port());
            socket.setTcpNoDelay(true);
            StompClient client = new StompClient(socket);
            Thread reader = new Thread(client::read, "stomp " + login.port());
            reader.setDaemon(true);
            reader.start();
            // It promises to send something every ten minutes; no test lasts that long.
            StompFrame connect = StompFrame.of("CONNECT")
                    .header("accept-version", "1.2")
                    .header("host", "broker")
                    .header("heart-beat", "600000,0")
                    .header("login", login.user())
                    .header("passcode", login.password());
            if (login.clientId() != null) {
                connect.header("client-id", login.clientId());
            }
            try {
                client.write(connect);
                client.answer("CONNECTED", null);
                return client;
            } catch (PlainFailure e) {
                client.breakOff();
                throw e;
            }
        } catch (IOException e) {
            throw new PlainFailure(e);
        }
    }

    private void read() {
        try {
            while (true) {
                StompFrame frame = StompFrame.read(in);
                if (frame.command().equals("MESSAGE")) {
                    queue(frame.headers().get("subscription")).add(frame);
                } else {
                    answers.add(frame);
                }
            }
        } catch (IOException e) {
            broken = "the connection is gone: " + e;
            answers.add(StompFrame.of(GONE));
        }
    }

    private BlockingQueue<StompFrame> queue(String subscription) {
        return messages.computeIfAbsent(subscription, s -> new LinkedBlockingQueue<>());
    }

    private void write(StompFrame frame) {
        if (broken != null) {
            throw new PlainFailure(broken);
        }
        try {
            socket.getOutputStream().write(frame.encoded());
        } catch (IOException e) {
            throw new PlainFailure(e);
        }
    }

    private void writeAndWait(StompFrame frame) {
        last++;
        String receipt = "r" + last;
        write(frame.header("receipt", receipt));
        answer("RECEIPT", receipt);
    }

    private void answer(String expected, String receiptOrNull) {
        try {
            StompFrame answer = answers.poll(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            if (answer == null) {
                throw new PlainFailure("no answer");
            }
            if (answer.command().equals(GONE)) {
                throw new PlainFailure(broken);
            }
            String receipt = answer.headers().get("receipt-id");
            if (!answer.command().equals(expected) || (receiptOrNull != null && !receiptOrNull.equals(receipt))) {
                broken = answer.command() + " " + answer.headers().get("message") + " "
                        + new String(answer.body(), StandardCharsets.UTF_8);
                throw new PlainFailure(broken);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlainFailure(e);
        }
    }

    @Override
    public PlainKind kind() {
        return PlainKind.STOMP;
    }

    @Override
    public void send(Outgoing message) {
        writeAndWait(frame(message));
    }

    @Override
    public void sendTogether(List<Outgoing> together, boolean commit) {
        last++;
        String transaction = "t" + last;
        writeAndWait(StompFrame.of("BEGIN").header("transaction", transaction));
        for (Outgoing message : together) {
            writeAndWait(frame(message).header("transaction", transaction));
        }
        writeAndWait(StompFrame.of(commit ? "COMMIT" : "ABORT").header("transaction", transaction));
    }

    private static StompFrame frame(Outgoing outgoing) {
        StompFrame frame = StompFrame.of("SEND")
                .header("destination", outgoing.address)
                .header("destination-type", broker(outgoing.routing))
                .header("persistent", Boolean.toString(outgoing.persistent))
                .header("priority", Integer.toString(outgoing.priority));
        optional(frame, "correlation-id", outgoing.correlationId);
        optional(frame, "reply-to", outgoing.replyTo);
        optional(frame, "type", outgoing.type);
        optional(frame, "content-type", outgoing.contentType);
        if (!outgoing.lifetime.isZero()) {
            frame.header("expires", Long.toString(System.currentTimeMillis() + outgoing.lifetime.toMillis()));
        }
        if (!outgoing.delay.isZero()) {
            frame.header("AMQ_SCHEDULED_DELAY", Long.toString(outgoing.delay.toMillis()));
        }
        outgoing.properties.forEach((name, value) -> frame.header(name, value.toString()));
        if (outgoing.body instanceof Body.Text text) {
            return frame.withBody(text.text().getBytes(StandardCharsets.UTF_8));
        }
        if (outgoing.body instanceof Body.Binary binary) {
            return frame.header("content-length", Integer.toString(binary.bytes().length))
                    .withBody(binary.bytes());
        }
        if (outgoing.body instanceof Body.None) {
            return frame;
        }
        throw new UnsupportedOperationException("STOMP has texts and bytes only");
    }

    private static void optional(StompFrame frame, String name, String valueOrNull) {
        if (valueOrNull != null) {
            frame.header(name, valueOrNull);
        }
    }

    private static String broker(Routing routing) {
        return routing == Routing.QUEUE ? "ANYCAST" : "MULTICAST";
    }

    @Override
    public PlainConsumer consume(Intake intake) {
        last++;
        String id = "s" + last;
        StompFrame subscribe = StompFrame.of("SUBSCRIBE")
                .header("id", id)
                .header("destination", intake.address())
                .header("subscription-type", broker(intake.routing()))
                .header("ack", intake.acknowledging() == Acknowledging.AUTO ? "auto" : "client-individual");
        optional(subscribe, "selector", intake.selector());
        if (intake.shared() || intake.acknowledging() == Acknowledging.TRANSACTED) {
            throw new UnsupportedOperationException("not with STOMP");
        }
        if (intake.lasting()) {
            subscribe.header("durable-subscription-name", intake.subscription());
        }
        writeAndWait(subscribe);
        return new Consumer(id, intake);
    }

    @Override
    public List<Received> browse(String queue, String selectorOrNull) {
        throw new UnsupportedOperationException("STOMP does not browse");
    }

    @Override
    public void unsubscribe(Intake intake) {
        last++;
        writeAndWait(StompFrame.of("UNSUBSCRIBE")
                .header("id", "s" + last)
                .header("destination", intake.address())
                .header("durable-subscription-name", intake.subscription()));
    }

    @Override
    public void breakOff() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new PlainFailure(e);
        }
    }

    @Override
    public void close() {
        try {
            if (broken == null) {
                writeAndWait(StompFrame.of("DISCONNECT"));
            }
        } finally {
            breakOff();
        }
    }

    private static Received read(StompFrame message) {
        // Whether a length is told depends on the broker: Artemis tells that of texts too.
        ReceivedBuilder received = new ReceivedBuilder()
                .type(message.headers().containsKey("content-length") ? "counted" : "uncounted")
                .body(textOrBytes(message.body()));
        message.headers().forEach((name, value) -> {
            if (!HEADERS.contains(name)) {
                received.property(name, value);
            } else if (name.equals("expires")) {
                received.presence(name, !value.equals("0"));
            } else if (!name.equals("content-length")) {
                received.header(name, value);
            }
        });
        return received.build();
    }

    private static Object textOrBytes(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException noText) {
            return body;
        }
    }

    private final class Consumer implements PlainConsumer {

        private final String id;
        private final Intake intake;
        private final List<String> unacknowledged = new ArrayList<>();

        private Consumer(String id, Intake intake) {
            this.id = id;
            this.intake = intake;
        }

        @Override
        public Optional<Received> receive(Duration patience) {
            try {
                StompFrame message = queue(id).poll(patience.toMillis(), TimeUnit.MILLISECONDS);
                if (message == null) {
                    return Optional.empty();
                }
                if (intake.acknowledging() == Acknowledging.CLIENT) {
                    unacknowledged.add(message.headers().get("ack"));
                }
                return Optional.of(StompClient.read(message));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PlainFailure(e);
            }
        }

        @Override
        public void acknowledge() {
            for (String message : unacknowledged) {
                writeAndWait(StompFrame.of("ACK").header("id", message));
            }
            unacknowledged.clear();
        }

        @Override
        public void giveBack() {
            throw new UnsupportedOperationException("the broker takes a NACK for an ACK");
        }

        @Override
        public void close() {
            if (broken == null) {
                // Without the name: with it the subscription would end for good.
                writeAndWait(StompFrame.of("UNSUBSCRIBE").header("id", id));
            }
        }
    }
}
