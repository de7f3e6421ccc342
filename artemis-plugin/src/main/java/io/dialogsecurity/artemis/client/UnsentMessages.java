package io.dialogsecurity.artemis.client;

import io.dialogsecurity.dialog.MessageContent;
import java.lang.ref.WeakReference;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;

/**
 * Envelopes of which nobody knows whether they arrived: the connection broke while they were sent. An application that sends
 * the same message object again, unchanged and in the same place, sends the same envelope; so its number is not lost, and a
 * broker that has it already recognises it.
 *
 * <p>Messages are held weakly and told apart by identity. Bounded by {@value #MAX_MESSAGES} messages and {@value #MAX_BYTES}
 * bytes: beyond that the oldest are forgotten, and are sealed anew when they are sent again. Thread-safe.
 */
public final class UnsentMessages {

    static final int MAX_MESSAGES = 1_024;
    static final long MAX_BYTES = 16L << 20;

    private record Unsent(WeakReference<Object> message, String place, byte[] fingerprint, byte[] envelope) {}

    private final List<Unsent> unsent = new LinkedList<>();
    private long bytes;
    /** So that who has nothing unsent does not wait for anybody. */
    private volatile boolean empty = true;

    /**
     * Keeps what was sealed for a message.
     *
     * @param message the application's
     * @param place where in which dialog it was sent
     */
    public synchronized void keep(Object message, String place, MessageContent content, byte[] envelope) {
        remove(message, place);
        unsent.add(new Unsent(new WeakReference<>(message), place, content.fingerprint(), envelope));
        bytes += envelope.length;
        Iterator<Unsent> oldest = unsent.iterator();
        while (unsent.size() > MAX_MESSAGES || bytes > MAX_BYTES) {
            bytes -= oldest.next().envelope().length;
            oldest.remove();
        }
        empty = unsent.isEmpty();
    }

    /** The envelope kept for a message that is sent again, which is kept no longer; null if there is none, or it has changed. */
    public byte[] take(Object message, String place, MessageContent content) {
        if (empty) {
            return null;
        }
        Unsent kept = remove(message, place);
        return kept == null || !MessageDigest.isEqual(kept.fingerprint(), content.fingerprint())
                ? null
                : kept.envelope();
    }

    private synchronized Unsent remove(Object message, String place) {
        Unsent found = null;
        for (Iterator<Unsent> all = unsent.iterator(); all.hasNext(); ) {
            Unsent next = all.next();
            Object its = next.message().get();
            boolean same = its == message && next.place().equals(place);
            if (same || its == null) {
                all.remove();
                bytes -= next.envelope().length;
                found = same ? next : found;
            }
        }
        empty = unsent.isEmpty();
        return found;
    }
}
