package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.Line;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Everything one application does in a round on one side. Not for use by several threads. */
final class Round implements AutoCloseable {

    private final List<Flow> flows = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();

    private Round() {}

    /** Connects and subscribes; nothing is sent yet. */
    static Round prepare(
            String application, Plan plan, Side side, int number, Connections factories, Consumer<Exception> onTrouble)
            throws JMSException {
        Round round = new Round();
        for (Lane lane : Lane.values()) {
            for (Service target : lane.to()) {
                if (target.application().equals(application)) {
                    Connection connection = round.connect(factories, side, target, lane.receiving(), lane, onTrouble);
                    round.flows.add(new ReceivingFlow(
                            connection,
                            plan,
                            lane,
                            ReceivingFlow.Part.MESSAGES,
                            target,
                            number,
                            dialog -> {},
                            onTrouble));
                }
            }
            if (lane.from().application().equals(application)) {
                round.addSenders(plan, side, number, lane, factories, onTrouble);
            }
        }
        for (Connection connection : round.connections) {
            connection.start();
        }
        return round;
    }

    private void addSenders(
            Plan plan, Side side, int number, Lane lane, Connections factories, Consumer<Exception> onTrouble)
            throws JMSException {
        List<SendingFlow> senders = new ArrayList<>();
        for (int dialog = 1; dialog <= lane.dialogs(); dialog++) {
            Connection connection = connect(factories, side, lane.from(), lane.sending(), null, onTrouble);
            senders.add(new SendingFlow(connection, plan, lane, number, dialog, onTrouble));
        }
        flows.addAll(senders);
        if (lane.shape() == Lane.Shape.REQUEST_REPLY) {
            Connection connection = connect(factories, side, lane.from(), lane.sending(), null, onTrouble);
            flows.add(new ReceivingFlow(
                    connection,
                    plan,
                    lane,
                    ReceivingFlow.Part.ANSWERS,
                    lane.from(),
                    number,
                    dialog -> senders.get(dialog - 1).answered(),
                    onTrouble));
        }
    }

    /** A durable subscription belongs to a client id. */
    private Connection connect(
            Connections factories,
            Side side,
            Service service,
            Way way,
            Lane receivingOrNull,
            Consumer<Exception> onTrouble)
            throws JMSException {
        Connection connection = factories.connect(side, service, way);
        connections.add(connection);
        if (receivingOrNull != null && receivingOrNull.shape() == Lane.Shape.TOPIC) {
            connection.setClientID(service.title() + "-" + receivingOrNull.address());
        }
        connection.setExceptionListener(onTrouble::accept);
        return connection;
    }

    void go() {
        flows.forEach(Flow::go);
    }

    long progress() {
        return flows.stream().mapToLong(Flow::progress).sum();
    }

    boolean complete() {
        return flows.stream().allMatch(Flow::complete);
    }

    List<Line> results() {
        return flows.stream().flatMap(flow -> flow.results().stream()).toList();
    }

    @Override
    public void close() throws JMSException {
        for (Connection connection : connections) {
            connection.setExceptionListener(null);
            connection.close();
        }
    }
}
