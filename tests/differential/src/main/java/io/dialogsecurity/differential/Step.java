package io.dialogsecurity.differential;

import java.util.List;
import java.util.Locale;

/** One thing that an application or an administrator does. Steps follow each other; one whose subject is not there does nothing. */
sealed interface Step {

    /** How a consumer acknowledges. */
    enum Mode {
        AUTO(1),
        CLIENT(2),
        DUPS_OK(3),
        TRANSACTED(0),
        INDIVIDUAL(101);

        private final int number;

        Mode(int number) {
            this.number = number;
        }

        /** As the interfaces and both providers have it. */
        int number() {
            return number;
        }
    }

    /** What an administrator does to a queue. */
    enum Order {
        MOVE,
        TO_DEAD_LETTERS,
        EXPIRE,
        REMOVE,
        RETRY,
        PAUSE,
        RESUME,
        PRIORITY
    }

    /** Sends through a producer's session. */
    record Send(int producer, String queue, MessageSpec message) implements Step {
        @Override
        public String toString() {
            return "p" + producer + " sends " + message + " to " + queue;
        }
    }

    /** Sends many small texts in one transaction of its own. */
    record Burst(int producer, String queue, int first, int count, int priority) implements Step {
        @Override
        public String toString() {
            return "p%d sends m%d and %d more of priority %d to %s"
                    .formatted(producer, first, count - 1, priority, queue);
        }
    }

    /** Ends a producer's transaction. */
    record End(int producer, boolean commit) implements Step {
        @Override
        public String toString() {
            return "p" + producer + (commit ? " commits" : " rolls back");
        }
    }

    /**
     * A consumer comes.
     *
     * @param queue or the subscription of a topic, after a slash
     * @param selectorOrNull what it wants
     */
    record Open(int consumer, String queue, Mode mode, String selectorOrNull, int connection) implements Step {
        @Override
        public String toString() {
            return "k%d consumes %s, %s%s, over connection %d"
                    .formatted(
                            consumer, queue, mode, selectorOrNull == null ? "" : ", if " + selectorOrNull, connection);
        }
    }

    /** Takes so many messages, or as many as come. */
    record Receive(int consumer, int count) implements Step {
        @Override
        public String toString() {
            return "k" + consumer + " receives " + count;
        }
    }

    /**
     * Acknowledges or commits.
     *
     * @param which of those not acknowledged, where they are acknowledged one by one
     */
    record Acknowledge(int consumer, int which) implements Step {
        @Override
        public String toString() {
            return "k" + consumer + " acknowledges or commits" + (which == 0 ? "" : " (" + which + ")");
        }
    }

    /** Rolls back or recovers. */
    record GiveBack(int consumer) implements Step {
        @Override
        public String toString() {
            return "k" + consumer + " rolls back or recovers";
        }
    }

    /** Receives all there is, with commits or acknowledgements in between. */
    record Exhaust(int consumer, int batch) implements Step {
        @Override
        public String toString() {
            return "k" + consumer + " receives and acknowledges all, by " + batch;
        }
    }

    /** A consumer goes with its session, whatever it has not acknowledged. */
    record Close(int consumer) implements Step {
        @Override
        public String toString() {
            return "k" + consumer + " closes";
        }
    }

    /** A connection of consumers closes and comes again; they do not. */
    record Reconnect(int connection) implements Step {
        @Override
        public String toString() {
            return "connection " + connection + " of consumers closes and comes again";
        }
    }

    /** Somebody looks at a queue. */
    record Browse(String queue, String selectorOrNull) implements Step {
        @Override
        public String toString() {
            return "somebody browses " + queue + (selectorOrNull == null ? "" : " if " + selectorOrNull);
        }
    }

    /** Until nothing is delayed any more and all that is to expire has. */
    record Wait() implements Step {
        @Override
        public String toString() {
            return "time passes";
        }
    }

    /** An administrator does something to a queue. */
    record Administer(Order order, String queue, String otherOrNull, String filter) implements Step {
        @Override
        public String toString() {
            return "administrator: " + order + " " + queue + (otherOrNull == null ? "" : " to " + otherOrNull)
                    + (filter.isEmpty() ? "" : " if " + filter);
        }
    }

    /** A request and its reply, at a queue for requests. */
    record Ask(MessageSpec request, boolean temporary) implements Step {
        @Override
        public String toString() {
            return "somebody asks " + request + (temporary ? ", reply to a temporary queue" : ", reply to a queue");
        }
    }

    /** So that a program can be printed. */
    static String text(List<Step> steps) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < steps.size(); i++) {
            text.append(String.format(Locale.ROOT, "%5d  %s%n", i + 1, steps.get(i)));
        }
        return text.toString();
    }
}
