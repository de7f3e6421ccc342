package io.dialogsecurity.artemis.guard;

import org.apache.activemq.artemis.api.core.ActiveMQSecurityException;

/**
 * The one boundary every hook of the broker passes. The broker lets a message through when a plugin throws anything but
 * its own exceptions; so whatever is thrown in a hook that decides, errors of the virtual machine included, becomes the one
 * exception that refuses the message. To the sender every refusal looks alike.
 */
public final class PluginBoundary {

    /** All a sender is ever told; an administrator is told why as well. */
    public static final String UNIFORM_TEXT = "The message was refused";

    private final GuardListener listener;

    /** What a hook does. */
    @FunctionalInterface
    public interface Hook {

        /** @throws Throwable for whatever reason; the boundary turns it into a refusal */
        void run() throws Throwable;
    }

    /** What a hook decides that the broker takes a no from. */
    @FunctionalInterface
    public interface Admission {

        /** @throws Throwable for whatever reason; the boundary makes a no of it */
        boolean decide() throws Throwable;
    }

    /** Makes a refusal known. */
    @FunctionalInterface
    public interface OnRefusal {

        /**
         * Does what has to be done for a refused message.
         *
         * @param cause why it is refused
         * @param exception what the sender will get
         * @throws ToldException if he is to get that reason instead
         */
        void refuse(Throwable cause, ActiveMQSecurityException exception) throws Throwable;
    }

    /** A boundary that tells of hooks that fail. */
    public PluginBoundary(GuardListener listener) {
        this.listener = listener;
    }

    /**
     * Runs a hook that decides about a message.
     *
     * @throws ActiveMQSecurityException if it throws anything at all
     */
    public void decide(String hook, Hook decision, OnRefusal onRefusal) throws ActiveMQSecurityException {
        try {
            decision.run();
        } catch (Throwable cause) {
            ActiveMQSecurityException refusal = new ActiveMQSecurityException(UNIFORM_TEXT);
            // AMQP logs what it gets; the trace would say nothing.
            refusal.setStackTrace(new StackTraceElement[0]);
            if (!(cause instanceof RefusedException)) {
                tell(hook, cause);
            }
            try {
                onRefusal.refuse(cause, refusal);
            } catch (ToldException told) {
                ActiveMQSecurityException withReason = new ActiveMQSecurityException(told.getMessage());
                withReason.initCause(refusal);
                throw withReason;
            } catch (Throwable second) {
                tell(hook, second);
            }
            throw refusal;
        }
    }

    /** Runs a hook that decides whether something is delivered; whatever it throws, it is not. */
    public boolean admit(String hook, Admission admission) {
        try {
            return admission.decide();
        } catch (Throwable cause) {
            tell(hook, cause);
            return false;
        }
    }

    /** Runs a hook that only takes notes, after the decision; nothing it throws reaches the broker. */
    public void observe(String hook, Hook observation) {
        try {
            observation.run();
        } catch (Throwable cause) {
            tell(hook, cause);
        }
    }

    @SuppressWarnings("EmptyCatch")
    private void tell(String hook, Throwable cause) {
        try {
            listener.failed(hook, cause);
        } catch (Throwable ignored) {
            // the message is refused whether or not that can be told
        }
    }
}
