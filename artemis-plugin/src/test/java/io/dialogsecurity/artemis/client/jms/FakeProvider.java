package io.dialogsecurity.artemis.client.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Just enough of a provider in memory to make it fail on purpose. One session at a time. */
final class FakeProvider {

    final Set<String> unwritable = new HashSet<>();
    private final Map<String, Deque<Message>> queues = new HashMap<>();
    private final Deque<Delivery> unacknowledged = new ArrayDeque<>();
    private final List<Delivery> uncommitted = new ArrayList<>();
    private int ids;

    private record Delivery(String queue, Message message) {}

    private record NamedQueue(String name) implements Queue {
        @Override
        public String getQueueName() {
            return name;
        }
    }

    Deque<Message> queue(String name) {
        return queues.computeIfAbsent(name, absent -> new ArrayDeque<>());
    }

    Connection connection() {
        return fake(Connection.class, (method, arguments) -> switch (method) {
            case "createSession" -> session((int) arguments[arguments.length - 1]);
            default -> null;
        });
    }

    private Session session(int mode) {
        boolean transacted = mode == Session.SESSION_TRANSACTED;
        return fake(Session.class, (method, arguments) -> switch (method) {
            case "createQueue" -> new NamedQueue((String) arguments[0]);
            case "createBytesMessage" -> new ClearBytesMessage();
            case "createTextMessage" -> new ClearTextMessage((String) arguments[0]);
            case "createProducer" -> producer((Destination) arguments[0], transacted);
            case "createConsumer" -> consumer((Destination) arguments[0]);
            case "getTransacted" -> transacted;
            case "commit" -> commit();
            case "recover", "rollback" -> recover();
            default -> null;
        });
    }

    private MessageProducer producer(Destination fixed, boolean transacted) {
        return fake(MessageProducer.class, (method, arguments) -> {
            if (method.equals("send")) {
                boolean given = arguments[0] instanceof Destination;
                Destination to = given ? (Destination) arguments[0] : fixed;
                send(Addresses.of(to), (Message) arguments[given ? 1 : 0], transacted);
            }
            return method.equals("getTimeToLive") || method.equals("getDeliveryDelay") ? 0L : null;
        });
    }

    private void send(String queue, Message message, boolean transacted) throws JMSException {
        if (unwritable.contains(queue)) {
            throw new JMSException("no permission to send to " + queue);
        }
        message.setJMSMessageID("ID:" + ++ids);
        if (message instanceof BytesMessage bytes) {
            bytes.reset();
        }
        if (transacted) {
            uncommitted.add(new Delivery(queue, message));
        } else {
            queue(queue).add(message);
        }
    }

    private MessageConsumer consumer(Destination destination) throws JMSException {
        String queue = Addresses.of(destination);
        return fake(MessageConsumer.class, (method, arguments) -> method.startsWith("receive") ? receive(queue) : null);
    }

    private Message receive(String queue) {
        Message message = queue(queue).poll();
        if (message != null) {
            unacknowledged.add(new Delivery(queue, message));
            ((ClearMessage) message).received(null, Map.of(), unacknowledged::clear);
        }
        return message;
    }

    private Object commit() {
        unacknowledged.clear();
        uncommitted.forEach(sent -> queue(sent.queue()).add(sent.message()));
        uncommitted.clear();
        return null;
    }

    private Object recover() throws JMSException {
        uncommitted.clear();
        while (!unacknowledged.isEmpty()) {
            Delivery last = unacknowledged.removeLast();
            last.message().setJMSRedelivered(true);
            if (last.message() instanceof BytesMessage bytes) {
                bytes.reset();
            }
            queue(last.queue()).addFirst(last.message());
        }
        return null;
    }

    private interface Behaviour {
        Object call(String method, Object[] arguments) throws JMSException;
    }

    private static <T> T fake(Class<T> type, Behaviour behaviour) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        behaviour.call(method.getName(), arguments == null ? new Object[0] : arguments)));
    }
}
