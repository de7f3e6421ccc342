package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.Line;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Receives what a service gets on an address, of all dialogs there, and answers if that is what the lane is for. */
final class ReceivingFlow implements Flow {

    /** What is received. */
    enum Part {
        MESSAGES,
        ANSWERS
    }

    private final Lane lane;
    private final Part part;
    private final Service at;
    private final int round;
    private final Connection connection;
    private final List<Tally> tallies = new ArrayList<>();
    private final AtomicLong progress = new AtomicLong();
    private final IntConsumer onDialog;
    private final Consumer<Exception> onTrouble;
    private final Session session;
    private final MessageConsumer consumer;
    private final MessageProducer answers;
    private final String[][] answerDocuments;

    /**
     * Subscribes. The connection is started by whoever made all of its round.
     *
     * @param onDialog told the dialog's number for each message
     */
    ReceivingFlow(
            Connection connection,
            Plan plan,
            Lane lane,
            Part part,
            Service at,
            int round,
            IntConsumer onDialog,
            Consumer<Exception> onTrouble)
            throws JMSException {
        this.lane = lane;
        this.part = part;
        this.at = at;
        this.round = round;
        this.connection = connection;
        this.onDialog = onDialog;
        this.onTrouble = onTrouble;
        boolean answering = part == Part.MESSAGES && lane.shape() == Lane.Shape.REQUEST_REPLY;
        this.answerDocuments = new String[lane.dialogs()][answering ? plan.messages(lane) : 0];
        for (int dialog = 1; dialog <= lane.dialogs(); dialog++) {
            int[] digests = new int[plan.messages(lane)];
            for (int number = 1; number <= digests.length; number++) {
                digests[number - 1] = Plan.digest(
                        part == Part.ANSWERS
                                ? plan.answer(lane, round, dialog, number)
                                : plan.document(lane, round, dialog, number));
                if (answering) {
                    answerDocuments[dialog - 1][number - 1] = plan.answer(lane, round, dialog, number);
                }
            }
            tallies.add(new Tally(digests));
        }
        this.session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        if (lane.shape() == Lane.Shape.TOPIC) {
            this.consumer = session.createDurableConsumer(session.createTopic(lane.address()), at.title());
        } else {
            String address = part == Part.ANSWERS ? lane.replyAddress() : lane.address();
            this.consumer = session.createConsumer(session.createQueue(address));
        }
        this.answers = answering ? session.createProducer(null) : null;
        consumer.setMessageListener(this::receive);
    }

    private void receive(Message message) {
        try {
            if (message.getIntProperty(Documents.ROUND) != round) {
                throw new JMSException("a message of another round on " + lane.address());
            }
            int dialog = message.getIntProperty(Documents.DIALOG);
            int number = message.getIntProperty(Documents.NUMBER);
            byte[] utf8 = Documents.utf8(message);
            tallies.get(dialog - 1).add(number, Plan.digest(utf8), utf8.length);
            if (answers != null) {
                Message answer = Documents.message(session, lane, answerDocuments[dialog - 1][number - 1]);
                answer.setIntProperty(Documents.ROUND, round);
                answer.setIntProperty(Documents.DIALOG, dialog);
                answer.setIntProperty(Documents.NUMBER, number);
                answer.setJMSCorrelationID(message.getJMSMessageID());
                answers.send(message.getJMSReplyTo(), answer);
            }
            progress.incrementAndGet();
            onDialog.accept(dialog);
        } catch (JMSException | RuntimeException e) {
            onTrouble.accept(e);
        }
    }

    @Override
    public void go() {
        // It receives since it was made.
    }

    @Override
    public long progress() {
        return progress.get();
    }

    @Override
    public boolean complete() {
        return tallies.stream().allMatch(Tally::complete);
    }

    @Override
    public List<Line> results() {
        List<Line> lines = new ArrayList<>();
        for (int dialog = 1; dialog <= tallies.size(); dialog++) {
            lines.add(tallies.get(dialog - 1)
                    .describe(Line.of("received")
                            .with("lane", lane)
                            .with("part", part)
                            .with("at", at)
                            .with("dialog", dialog)));
        }
        return lines;
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
