package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.Line;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Sends the messages of one dialog, durable, on a connection and thread of its own. */
final class SendingFlow implements Flow {

    /** Requests under way that have no answer yet. */
    private static final int OPEN_REQUESTS = 8;

    private static final long ANSWER_PATIENCE_SECONDS = 60;

    private final Lane lane;
    private final int round;
    private final int dialog;
    private final String[] documents;
    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;
    private final Destination replyTo;
    private final Semaphore openRequests = new Semaphore(OPEN_REQUESTS);
    private final Thread thread;
    private volatile int sent;
    private volatile long nanos;

    SendingFlow(Connection connection, Plan plan, Lane lane, int round, int dialog, Consumer<Exception> onTrouble)
            throws JMSException {
        this.lane = lane;
        this.round = round;
        this.dialog = dialog;
        this.connection = connection;
        this.documents = new String[plan.messages(lane)];
        for (int i = 0; i < documents.length; i++) {
            documents[i] = plan.document(lane, round, dialog, i + 1);
        }
        this.session =
                connection.createSession(lane.transaction() > 1, lane.transaction() > 1 ? 0 : Session.AUTO_ACKNOWLEDGE);
        this.producer = Documents.producer(session, lane);
        this.replyTo = lane.shape() == Lane.Shape.REQUEST_REPLY ? session.createQueue(lane.replyAddress()) : null;
        this.thread = new Thread(
                () -> {
                    try {
                        send();
                    } catch (JMSException | InterruptedException | RuntimeException e) {
                        onTrouble.accept(e);
                    }
                },
                lane.address() + "-" + dialog);
        thread.setDaemon(true);
    }

    private void send() throws JMSException, InterruptedException {
        long start = System.nanoTime();
        for (int number = 1; number <= documents.length; number++) {
            if (replyTo != null && !openRequests.tryAcquire(ANSWER_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new JMSException("no answers on " + lane.replyAddress());
            }
            Message message = Documents.message(session, lane, documents[number - 1]);
            message.setIntProperty(Documents.ROUND, round);
            message.setIntProperty(Documents.DIALOG, dialog);
            message.setIntProperty(Documents.NUMBER, number);
            if (replyTo != null) {
                message.setJMSReplyTo(replyTo);
            }
            producer.send(message);
            if (session.getTransacted() && (number % lane.transaction() == 0 || number == documents.length)) {
                session.commit();
            }
            sent = number;
        }
        nanos = System.nanoTime() - start;
    }

    /** An answer has come; another request may go. */
    void answered() {
        openRequests.release();
    }

    int dialog() {
        return dialog;
    }

    @Override
    public void go() {
        thread.start();
    }

    @Override
    public long progress() {
        return sent;
    }

    @Override
    public boolean complete() {
        return sent == documents.length;
    }

    @Override
    public List<Line> results() {
        return List.of(Line.of("sent")
                .with("lane", lane)
                .with("dialog", dialog)
                .with("count", sent)
                .with("nanos", nanos));
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
