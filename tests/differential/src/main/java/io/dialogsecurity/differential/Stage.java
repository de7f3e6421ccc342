package io.dialogsecurity.differential;

import io.dialogsecurity.testkit.Await;
import io.dialogsecurity.testkit.plain.JmsReading;
import io.dialogsecurity.testkit.plain.Received;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** One run of a program at one site, on addresses of its own. For one use by one thread. */
final class Stage {

    /** The property that stays readable where messages are sealed. */
    static final String REGION = "region";

    /** What queues of kind {@link QueueKind#RETRY} wait. */
    static final int REDELIVERY_MILLIS = 100;

    private static final String NUMBER = "number";
    private static final String DELIVERY_COUNT = "JMSXDeliveryCount";
    private static final String REDELIVERED = "redelivered";
    private static final String LAST_VALUE_KEY = "_AMQ_LVQ_NAME";
    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";
    private static final long SLICE_MILLIS = 20;
    /** Within this the broker notices what has expired. */
    private static final long SCAN_MILLIS = 250;

    private static final long MARGIN_NANOS = 30_000_000;
    /** What lives longer does not expire in a run. */
    private static final int LONG_MILLIS = 10_000;

    private static final int MOST_UTF = 65_535;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int SUBSCRIPTIONS = 2;
    private static final AtomicInteger RUNS = new AtomicInteger();

    private final Site site;
    private final Program program;
    private final Set<Feature> features;
    private final long nothingMillis;
    private final String prefix;
    private final Outcome outcome = new Outcome();
    private final Map<Integer, Sender> senders = new HashMap<>();
    private final Map<Integer, Taker> takers = new TreeMap<>();
    private final Map<Integer, Sent> sent = new HashMap<>();
    private final Map<String, String> numbersOfIds = new HashMap<>();
    private final Set<String> consumed = new HashSet<>();
    /** What consumers have in hand or have acknowledged, by queue and id: no redelivery of it can come. */
    private final Set<String> taken = new HashSet<>();

    private long dueNanos = System.nanoTime() - MARGIN_NANOS;

    private record Sender(Session session, MessageProducer producer) {}

    private record Sent(String id, long time, long expiration, long deliveryTime) {}

    private static final class Taker {

        private final String name;
        private final String queue;
        private final int connection;
        private final Step.Mode mode;
        private final Session session;
        private final MessageConsumer consumer;
        private final List<Message> held = new ArrayList<>();
        private final List<String> heldNames = new ArrayList<>();
        /** The last one of each priority that came for the first time. */
        private final Map<Integer, Integer> lastNumbers = new HashMap<>();

        private Taker(
                String name, String queue, int connection, Step.Mode mode, Session session, MessageConsumer consumer) {
            this.name = name;
            this.queue = queue;
            this.connection = connection;
            this.mode = mode;
            this.session = session;
            this.consumer = consumer;
        }
    }

    /** @param nothingMillis how long to wait for what does not come */
    Stage(Site site, Program program, Set<Feature> features, long nothingMillis) {
        this.site = site;
        this.program = program;
        this.features = features;
        this.nothingMillis = nothingMillis;
        this.prefix = site.lane().text() + ".r" + RUNS.incrementAndGet() + ".";
    }

    /** Plays it to the end, and takes what is left. */
    Outcome play() throws JMSException {
        setUp();
        try {
            for (Step step : program.steps()) {
                perform(step);
            }
            takeTheRest();
        } finally {
            tidyUp();
        }
        return outcome;
    }

    /** What there is of a run that broke. */
    Outcome broken(Throwable failure) {
        outcome.said("broke: " + failure);
        return outcome;
    }

    private void setUp() throws JMSException {
        site.administer(Site.grave(site.lane(), Program.DEAD), "removeAllMessages");
        site.administer(Site.grave(site.lane(), Program.EXPIRED), "removeAllMessages");
        for (Map.Entry<String, QueueKind> queue : program.queues().entrySet()) {
            if (queue.getValue() == QueueKind.TOPIC) {
                site.createTopic(address(queue.getKey()));
                for (int i = 0; i < SUBSCRIPTIONS; i++) {
                    open("s", queue.getKey() + "/" + i, Step.Mode.AUTO, null, 0)
                            .session
                            .close();
                }
            } else {
                site.createQueue(address(queue.getKey()), queue.getValue().settings());
            }
        }
        for (Map.Entry<String, QueueKind> queue : program.queues().entrySet()) {
            if (isDiverted(queue.getValue())) {
                site.createDivert(
                        address(queue.getKey()), address(Program.TARGET), queue.getValue() == QueueKind.DIVERTED);
            }
        }
    }

    private static boolean isDiverted(QueueKind kind) {
        return kind == QueueKind.COPIED || kind == QueueKind.DIVERTED;
    }

    private void tidyUp() throws JMSException {
        for (Taker taker : takers.values()) {
            taker.session.close();
        }
        for (Sender sender : senders.values()) {
            sender.session.close();
        }
        for (Map.Entry<String, QueueKind> queue : program.queues().entrySet()) {
            if (isDiverted(queue.getValue())) {
                site.removeDivert(address(queue.getKey()));
            }
            site.removeAddress(address(queue.getKey()));
        }
    }

    private String address(String queue) {
        if (queue.equals(Program.DEAD) || queue.equals(Program.EXPIRED)) {
            return Site.grave(site.lane(), queue);
        }
        int slash = queue.indexOf('/');
        String name = slash < 0 ? queue : queue.substring(0, slash);
        return prefix + program.queues().get(name).text() + "." + name;
    }

    private boolean has(String queue) {
        int slash = queue.indexOf('/');
        String name = slash < 0 ? queue : queue.substring(0, slash);
        return program.queues().containsKey(name) || name.equals(Program.DEAD) || name.equals(Program.EXPIRED);
    }

    private boolean isTopic(String queue) {
        return program.queues().get(queue) == QueueKind.TOPIC;
    }

    private void perform(Step step) {
        if (step instanceof Step.Send send) {
            attempt("p" + send.producer(), () -> send(send));
        } else if (step instanceof Step.Burst burst) {
            attempt("p" + burst.producer(), () -> burst(burst));
        } else if (step instanceof Step.End end) {
            end(end);
        } else if (step instanceof Step.Open open) {
            String name = "k" + open.consumer();
            attempt(name, () -> {
                if (!takers.containsKey(open.consumer())) {
                    takers.put(
                            open.consumer(),
                            open(name, open.queue(), open.mode(), open.selectorOrNull(), open.connection()));
                }
            });
        } else if (step instanceof Step.Wait) {
            pass();
        } else if (step instanceof Step.Browse browse) {
            attempt("browser", () -> browse(browse));
        } else if (step instanceof Step.Administer administer) {
            administer(administer);
        } else if (step instanceof Step.Ask ask) {
            attempt("somebody", () -> ask(ask));
        } else if (step instanceof Step.Reconnect reconnect) {
            attempt("connection " + reconnect.connection(), () -> reconnect(reconnect.connection()));
        } else {
            take(step);
        }
    }

    private void take(Step step) {
        if (step instanceof Step.Receive receive) {
            with(receive.consumer(), taker -> {
                for (int i = 0; i < receive.count(); i++) {
                    if (!receive(taker)) {
                        outcome.remarked(taker.name + " got nothing");
                        return;
                    }
                }
            });
        } else if (step instanceof Step.Acknowledge acknowledge) {
            with(acknowledge.consumer(), taker -> acknowledge(taker, acknowledge.which()));
        } else if (step instanceof Step.Exhaust exhaust) {
            with(exhaust.consumer(), taker -> exhaust(taker, exhaust.batch()));
        } else if (step instanceof Step.GiveBack back) {
            with(back.consumer(), this::giveBack);
        } else if (step instanceof Step.Close close) {
            with(close.consumer(), taker -> {
                takers.remove(close.consumer());
                close(taker);
            });
        } else {
            throw new IllegalArgumentException(step.toString());
        }
    }

    @FunctionalInterface
    private interface Deed {
        void run() throws JMSException;
    }

    @FunctionalInterface
    private interface TakersDeed {
        void run(Taker taker) throws JMSException;
    }

    private void with(int consumer, TakersDeed deed) {
        Taker taker = takers.get(consumer);
        if (taker != null) {
            attempt(taker.name, () -> deed.run(taker));
        }
    }

    private void attempt(String who, Deed deed) {
        try {
            deed.run();
        } catch (JMSException | JMSRuntimeException e) {
            outcome.said(who + " was told " + e.getClass().getSimpleName());
        }
    }

    private Sender sender(int number) throws JMSException {
        Sender sender = senders.get(number);
        if (sender == null) {
            Connection connection = site.connection(World.Role.SENDER, number % 2);
            Session session = program.transacted().contains(number)
                    ? connection.createSession(true, Session.SESSION_TRANSACTED)
                    : connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            sender = new Sender(session, session.createProducer(null));
            senders.put(number, sender);
        }
        return sender;
    }

    private void send(Step.Send step) throws JMSException {
        Sender sender = sender(step.producer());
        send(sender.session, sender.producer, destination(sender.session, step.queue()), step.message(), null);
    }

    private Message send(
            Session session, MessageProducer producer, Destination to, MessageSpec spec, Destination replyToOrNull)
            throws JMSException {
        Message message = message(session, spec, replyToOrNull);
        int delay = spec.number(MessageSpec.Setting.DELAY_MILLIS, 0);
        int life = spec.number(MessageSpec.Setting.LIFE_MILLIS, 0);
        producer.setDeliveryDelay(delay);
        boolean isVolatile = spec.get(MessageSpec.Setting.VOLATILE) != null;
        producer.send(
                to,
                message,
                isVolatile ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT,
                spec.number(MessageSpec.Setting.PRIORITY, 4),
                life);
        due(delay);
        if (life > 0 && life < LONG_MILLIS) {
            due(life + SCAN_MILLIS);
        }
        // Of two that say that they are the same the broker takes the first.
        sent.putIfAbsent(
                spec.number(),
                new Sent(
                        message.getJMSMessageID(),
                        message.getJMSTimestamp(),
                        message.getJMSExpiration(),
                        message.getJMSDeliveryTime()));
        numbersOfIds.put(message.getJMSMessageID(), "id of m" + spec.number());
        return message;
    }

    private void burst(Step.Burst step) throws JMSException {
        try (Session session = site.connection(World.Role.SENDER, step.producer() % 2)
                        .createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(destination(session, step.queue()))) {
            producer.setPriority(step.priority());
            for (int i = 0; i < step.count(); i++) {
                Message message = session.createTextMessage("burst");
                message.setIntProperty(NUMBER, step.first() + i);
                producer.send(message);
            }
            session.commit();
        }
    }

    private void due(long millis) {
        dueNanos = Math.max(dueNanos, System.nanoTime() + millis * 1_000_000);
    }

    private Destination destination(Session session, String queue) throws JMSException {
        return isTopic(queue) ? session.createTopic(address(queue)) : session.createQueue(address(queue));
    }

    private Message message(Session session, MessageSpec spec, Destination replyToOrNull) throws JMSException {
        Message message = body(session, spec);
        message.setIntProperty(NUMBER, spec.number());
        for (Map.Entry<MessageSpec.Setting, Object> setting : spec.settings().entrySet()) {
            Object value = setting.getValue();
            switch (setting.getKey()) {
                case REGION -> message.setStringProperty(REGION, (String) value);
                case CORRELATION -> message.setJMSCorrelationID((String) value);
                case TYPE -> message.setJMSType((String) value);
                case GROUP -> message.setStringProperty("JMSXGroupID", (String) value);
                case GROUP_ENDS -> message.setIntProperty("JMSXGroupSeq", -1);
                case DUPLICATE_ID -> message.setStringProperty(DUPLICATE_ID, prefix + value);
                case LAST_VALUE -> message.setStringProperty(LAST_VALUE_KEY, (String) value);
                case REPLY_TO -> message.setJMSReplyTo(session.createQueue("nobody.reads." + value));
                case PROPERTIES -> {
                    for (Map.Entry<?, ?> property : ((Map<?, ?>) value).entrySet()) {
                        message.setObjectProperty((String) property.getKey(), property.getValue());
                    }
                }
                case PRIORITY, VOLATILE, DELAY_MILLIS, LIFE_MILLIS -> {
                    // The producer's.
                }
            }
        }
        if (replyToOrNull != null) {
            message.setJMSReplyTo(replyToOrNull);
        }
        return message;
    }

    private static Message body(Session session, MessageSpec spec) throws JMSException {
        String text = "m" + spec.number() + " " + "x".repeat(spec.size());
        return switch (spec.body()) {
            case TEXT -> session.createTextMessage(text);
            case BYTES -> {
                BytesMessage message = session.createBytesMessage();
                if (text.length() <= MOST_UTF) {
                    message.writeUTF(text);
                } else {
                    message.writeBytes(text.getBytes(StandardCharsets.UTF_8));
                }
                message.writeLong(spec.number());
                yield message;
            }
            case MAP -> {
                MapMessage message = session.createMapMessage();
                message.setString("text", text);
                message.setInt("int", spec.number());
                message.setDouble("double", spec.number() / 7.0);
                message.setBytes("bytes", new byte[] {1, (byte) spec.number()});
                yield message;
            }
            case STREAM -> {
                StreamMessage message = session.createStreamMessage();
                message.writeString(text);
                message.writeShort((short) spec.number());
                message.writeBoolean(true);
                yield message;
            }
            case OBJECT -> session.createObjectMessage(new ArrayList<>(List.of(text, spec.number())));
            case EMPTY -> session.createMessage();
        };
    }

    private void end(Step.End end) {
        Sender sender = senders.get(end.producer());
        if (sender == null) {
            return;
        }
        attempt("p" + end.producer(), () -> {
            if (sender.session.getTransacted()) {
                if (end.commit()) {
                    sender.session.commit();
                } else {
                    sender.session.rollback();
                }
            }
        });
    }

    private Taker open(String name, String queue, Step.Mode mode, String selectorOrNull, int connection)
            throws JMSException {
        return open(name, queue, mode, selectorOrNull, connection, World.Role.RECEIVER);
    }

    private Taker open(
            String name, String queue, Step.Mode mode, String selectorOrNull, int connection, World.Role role)
            throws JMSException {
        Session session = site.connection(role, connection).createSession(mode == Step.Mode.TRANSACTED, mode.number());
        int slash = queue.indexOf('/');
        MessageConsumer consumer;
        if (slash < 0) {
            Queue from = session.createQueue(address(queue));
            consumer = session.createConsumer(from, selectorOrNull);
        } else {
            Topic topic = session.createTopic(address(queue));
            consumer = session.createSharedDurableConsumer(topic, subscription(queue));
        }
        return new Taker(name, queue, connection, mode, session, consumer);
    }

    private String subscription(String queue) {
        return (prefix + queue).replace('.', '-').replace('/', '-');
    }

    /** Whether one came. */
    private boolean receive(Taker taker) throws JMSException {
        Message message = next(taker);
        if (message == null) {
            return false;
        }
        String name = note(taker.name, taker.queue, message);
        int deliveries = message.getIntProperty(DELIVERY_COUNT);
        if (deliveries == 1 && message.propertyExists(NUMBER) && !program.changesPriorities()) {
            int number = message.getIntProperty(NUMBER);
            Integer last = taker.lastNumbers.put(message.getJMSPriority(), number);
            if (last != null && last > number) {
                outcome.gotLate(taker.name, taker.queue);
            }
        }
        if (!taken.add(taken(taker, message))
                && !keeps(taker)
                && (taker.mode != Step.Mode.DUPS_OK || deliveries == 1)) {
            outcome.copiesMet();
        }
        switch (taker.mode) {
            case AUTO -> consumed(taker, name);
            case DUPS_OK -> {
                // Whether it is acknowledged is the provider's secret.
            }
            default -> {
                taker.held.add(message);
                taker.heldNames.add(name);
            }
        }
        return true;
    }

    private static String taken(Taker taker, Message message) throws JMSException {
        return taker.queue + " " + message.getJMSMessageID();
    }

    private Message next(Taker taker) throws JMSException {
        long deadline = System.nanoTime() + nothingMillis * 1_000_000;
        do {
            Message message = taker.consumer.receive(SLICE_MILLIS);
            if (message != null) {
                return message;
            }
            if (site.messageCount(address(taker.queue)) == 0) {
                return null;
            }
        } while (System.nanoTime() < deadline);
        return null;
    }

    private String note(String who, String queue, Message message) throws JMSException {
        Received received = JmsReading.read(message);
        TreeMap<String, Object> headers = new TreeMap<>(received.headers());
        TreeMap<String, Object> properties = new TreeMap<>(received.properties());
        String delivery = (headers.remove(REDELIVERED) == Boolean.TRUE ? "again" : "new") + " "
                + message.getIntProperty(DELIVERY_COUNT);
        properties.remove(DELIVERY_COUNT);
        Object number = properties.remove(NUMBER);
        String name = number == null ? "a message" : "m" + number;
        if (number instanceof Integer known && sent.containsKey(known)) {
            Sent as = sent.get(known);
            headers.put("id as sent", as.id.equals(message.getJMSMessageID()));
            headers.put("time as sent", as.time == message.getJMSTimestamp());
            headers.put("expiration as sent", as.expiration == message.getJMSExpiration());
            headers.put("due as sent", as.deliveryTime == message.getJMSDeliveryTime());
        }
        properties.put("group", message.getStringProperty("JMSXGroupID"));
        Documented.leaveOut(site.lane(), headers, properties);
        String content = same(received.type() + " " + received.body() + " " + properties + " " + headers);
        // What is kept has one count for all who read it, at once too.
        outcome.got(who, queue, name, content, keeps(queue) ? "kept" : delivery);
        if (consumed.contains(queue + " " + name)) {
            outcome.said(name + " at " + queue + " came again after it had been acknowledged");
        }
        return name;
    }

    /** Without what differs from run to run. */
    private String same(String text) {
        String same = text.replace(prefix, "");
        for (Map.Entry<String, String> id : numbersOfIds.entrySet()) {
            if (same.contains(id.getKey())) {
                same = same.replace(id.getKey(), id.getValue());
            }
        }
        return same;
    }

    private void consumed(Taker taker, String name) {
        if (!keeps(taker)) {
            consumed.add(taker.queue + " " + name);
        }
    }

    private boolean keeps(Taker taker) {
        return keeps(taker.queue);
    }

    private boolean keeps(String queue) {
        QueueKind kind = program.queues().get(queue);
        return kind != null && kind.keeps();
    }

    private void acknowledge(Taker taker, int which) throws JMSException {
        if (taker.mode == Step.Mode.TRANSACTED) {
            taker.session.commit();
        } else if (taker.held.isEmpty()) {
            return;
        } else if (taker.mode == Step.Mode.INDIVIDUAL) {
            int index = which % taker.held.size();
            taker.held.remove(index).acknowledge();
            consumed(taker, taker.heldNames.remove(index));
            return;
        } else {
            taker.held.get(taker.held.size() - 1).acknowledge();
        }
        taker.heldNames.forEach(name -> consumed(taker, name));
        taker.held.clear();
        taker.heldNames.clear();
    }

    private void exhaust(Taker taker, int batch) throws JMSException {
        int taken = 0;
        while (receive(taker)) {
            taken++;
            if (taken % batch == 0) {
                acknowledgeAll(taker);
            }
        }
        acknowledgeAll(taker);
    }

    private void acknowledgeAll(Taker taker) throws JMSException {
        do {
            acknowledge(taker, 0);
        } while (!taker.held.isEmpty());
    }

    private void giveBack(Taker taker) throws JMSException {
        if (taker.mode == Step.Mode.TRANSACTED) {
            taker.session.rollback();
        } else {
            taker.session.recover();
        }
        givenBack(taker);
    }

    private void givenBack(Taker taker) throws JMSException {
        for (Message message : taker.held) {
            taken.remove(taken(taker, message));
        }
        taker.held.clear();
        taker.heldNames.clear();
        if (program.queues().get(taker.queue) == QueueKind.RETRY) {
            due(REDELIVERY_MILLIS);
        }
    }

    private void close(Taker taker) throws JMSException {
        taker.session.close();
        givenBack(taker);
    }

    private void reconnect(int connection) throws JMSException {
        for (Taker taker : List.copyOf(takers.values())) {
            if (taker.connection == connection) {
                takers.values().remove(taker);
                givenBack(taker);
            }
        }
        due(REDELIVERY_MILLIS);
        site.disconnect(World.Role.RECEIVER, connection);
    }

    /** Waits for what is delayed, and until what is to expire has. */
    private void pass() {
        long until = dueNanos + MARGIN_NANOS;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        for (Map.Entry<String, QueueKind> queue : program.queues().entrySet()) {
            if (queue.getValue() != QueueKind.TOPIC) {
                Await.until(PATIENCE, "what is delayed", () -> site.scheduledCount(address(queue.getKey())) == 0);
            }
        }
    }

    private void browse(Step.Browse step) throws JMSException {
        if (!has(step.queue()) || isTopic(step.queue())) {
            return;
        }
        try (Session session = site.connection(World.Role.RECEIVER, 0).createSession(false, Session.AUTO_ACKNOWLEDGE);
                QueueBrowser browser =
                        session.createBrowser(session.createQueue(address(step.queue())), step.selectorOrNull())) {
            Iterator<?> seen = browser.getEnumeration().asIterator();
            while (seen.hasNext()) {
                note("browser", step.queue() + " in passing", (Message) seen.next());
            }
        }
    }

    private void administer(Step.Administer step) {
        String queue = address(step.queue());
        Object result = switch (step.order()) {
            case MOVE -> site.administer(queue, "moveMessages", step.filter(), address(step.otherOrNull()));
            case TO_DEAD_LETTERS -> site.administer(queue, "sendMessagesToDeadLetterAddress", step.filter());
            case EXPIRE -> site.administer(queue, "expireMessages", step.filter());
            case REMOVE -> site.administer(queue, "removeMessages", step.filter());
            case RETRY -> site.administer(queue, "retryMessages");
            case PAUSE -> site.administer(queue, "pause");
            case RESUME -> site.administer(queue, "resume");
            case PRIORITY -> site.administer(queue, "changeMessagesPriority", step.filter(), 7);
        };
        outcome.remarked("administrator, " + step.order() + " " + step.queue() + ": " + result);
    }

    private void ask(Step.Ask step) throws JMSException {
        if (!has(Program.ASKED)) {
            return;
        }
        try (Session asking = site.connection(World.Role.SENDER, 0).createSession(false, Session.AUTO_ACKNOWLEDGE);
                Session answering =
                        site.connection(World.Role.RECEIVER, 0).createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Destination replies =
                    step.temporary() ? asking.createTemporaryQueue() : asking.createQueue(address(Program.REPLIES));
            MessageConsumer listening = asking.createConsumer(replies);
            MessageConsumer asked = answering.createConsumer(answering.createQueue(address(Program.ASKED)));
            Message request = send(
                    asking,
                    asking.createProducer(null),
                    asking.createQueue(address(Program.ASKED)),
                    step.request(),
                    replies);
            Message arrived = asked.receive(PATIENCE.toMillis() / 4);
            if (arrived == null) {
                outcome.said("nobody was asked");
                return;
            }
            Message answer =
                    answering.createTextMessage("answer to m" + step.request().number());
            answer.setJMSCorrelationID(arrived.getJMSMessageID());
            answer.setIntProperty(NUMBER, step.request().number() + 1_000_000);
            numbersOfIds.put(
                    request.getJMSMessageID(), "id of m" + step.request().number());
            answering.createProducer(null).send(arrived.getJMSReplyTo(), answer);
            Message reply = listening.receive(PATIENCE.toMillis() / 4);
            if (reply == null) {
                outcome.said("nobody was answered");
                return;
            }
            if (!step.temporary()) {
                note("asked", Program.ASKED, arrived);
                note("answered", Program.REPLIES, reply);
            } else {
                outcome.said("answered " + reply.getBody(String.class) + " "
                        + same(String.valueOf(reply.getJMSCorrelationID())));
            }
        }
    }

    private void takeTheRest() throws JMSException {
        for (Taker taker : List.copyOf(takers.values())) {
            attempt(taker.name, () -> close(taker));
        }
        takers.clear();
        for (Sender sender : senders.values()) {
            sender.session.close();
        }
        senders.clear();
        for (String queue : program.queues().keySet()) {
            if (!isTopic(queue)) {
                site.administer(address(queue), "resume");
            }
        }
        pass();
        for (String queue : program.queues().keySet()) {
            if (isTopic(queue)) {
                for (int i = 0; i < SUBSCRIPTIONS; i++) {
                    String subscription = queue + "/" + i;
                    rest(subscription);
                    try (Session session =
                            site.connection(World.Role.RECEIVER, 0).createSession(false, Session.AUTO_ACKNOWLEDGE)) {
                        session.unsubscribe(subscription(subscription));
                    }
                }
            } else if (!queue.equals(Program.REPLIES)) {
                rest(queue);
            }
        }
        if (features.contains(Feature.GRAVES)) {
            rest(Program.DEAD);
            rest(Program.EXPIRED);
        }
    }

    private void rest(String queue) {
        attempt("the last one at " + queue, () -> {
            Taker taker = open("the last one", queue, Step.Mode.AUTO, null, 0);
            try {
                exhaust(taker, 1);
            } finally {
                taker.session.close();
            }
        });
    }
}
