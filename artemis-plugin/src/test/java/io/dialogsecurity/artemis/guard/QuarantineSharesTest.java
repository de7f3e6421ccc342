package io.dialogsecurity.artemis.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.utils.collections.LinkedListIterator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class QuarantineSharesTest {

    private static final int MOST = 100;
    private static final long MOST_BYTES = 10_000_000;

    private static final long SECOND = 1_000_000_000L;

    private long now;
    private int counts;
    private final QuarantineShares shares = new QuarantineShares(MOST, MOST_BYTES, () -> now);
    private final List<MessageReference> queued = new ArrayList<>();
    private final Queue queue = fake(Queue.class, "getMessageCount", "browserIterator");

    private <T> T fake(Class<T> type, String count, String iterator) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            if (method.getName().equals(count)) {
                return (long) queued.size();
            }
            if (method.getName().equals(iterator)) {
                counts++;
                return iterator(queued.iterator());
            }
            throw new AssertionError(method);
        }));
    }

    @SuppressWarnings("unchecked")
    private static LinkedListIterator<MessageReference> iterator(Iterator<MessageReference> references) {
        return (LinkedListIterator<MessageReference>) Proxy.newProxyInstance(
                QuarantineSharesTest.class.getClassLoader(),
                new Class<?>[] {LinkedListIterator.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "hasNext" -> references.hasNext();
                    case "next" -> references.next();
                    case "close" -> null;
                    default -> throw new AssertionError(method);
                });
    }

    /** Puts a message there if there is room. */
    private boolean put(String user, String reason, long size) {
        if (shares.take(queue, "user " + user, reason, size) != null) {
            return false;
        }
        Message message = new CoreMessage(queued.size() + 1, 100);
        message.putStringProperty(Quarantine.USER, user);
        message.putStringProperty(Quarantine.REJECTION, reason);
        queued.add((MessageReference) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {MessageReference.class},
                (proxy, method, args) -> message));
        return true;
    }

    private int putAll(String user, String reason) {
        int put = 0;
        while (put(user, reason, 10)) {
            put++;
        }
        return put;
    }

    @Test
    @DisplayName("Whatever one user has refused to him, for one reason or several, others have room")
    void roomForOthers() {
        int forOne = putAll("mallory", "MALFORMED");
        assertThat(forOne).isBetween(MOST / 4, MOST / 2);
        putAll("mallory", "SIGNATURE_INVALID");
        putAll("mallory", "WRONG_DESTINATION");
        putAll("mallory", "STALE");
        assertThat(queued).hasSizeLessThanOrEqualTo(MOST / 2);
        assertThat(putAll("sales", "MALFORMED")).isGreaterThanOrEqualTo(MOST / 8);
        assertThat(put("store", "STALE", 10)).isTrue();
    }

    @Test
    @DisplayName("Nor is anybody kept out by few large messages")
    void roomInBytes() {
        assertThat(put("mallory", "MALFORMED", MOST_BYTES * 2)).isFalse();
        assertThat(put("mallory", "MALFORMED", MOST_BYTES / 3)).isTrue();
        assertThat(put("mallory", "MALFORMED", MOST_BYTES / 3)).isFalse();
        assertThat(put("sales", "MALFORMED", MOST_BYTES / 10)).isTrue();
    }

    @Test
    @DisplayName("What is there already counts, as after a restart")
    void restart() {
        int before = putAll("mallory", "MALFORMED");
        QuarantineShares again = new QuarantineShares(MOST, MOST_BYTES, () -> now);
        assertThat(again.take(queue, "user mallory", "MALFORMED", 10)).isNotNull();
        assertThat(again.take(queue, "user sales", "MALFORMED", 10)).isNull();
        assertThat(queued).hasSize(before);
    }

    @Test
    @DisplayName("A full quarantine nobody has touched is not looked through each second; one that is emptied is")
    void notCountedInVain() {
        putAll("mallory", "MALFORMED");
        int before = counts;
        for (int i = 0; i < 10; i++) {
            now += SECOND;
            assertThat(put("mallory", "MALFORMED", 10)).isFalse();
        }
        assertThat(counts).isEqualTo(before);
        queued.clear();
        now += SECOND;
        assertThat(put("mallory", "MALFORMED", 10)).isTrue();
    }

    @Test
    @DisplayName(
            "What expires where anybody may send leaves room for what the broker moves between protected addresses")
    void unjudged() {
        Message message = new CoreMessage(1, 100);
        assertThat(Quarantine.holder(message)).isEqualTo("the broker");
        message.putStringProperty(Quarantine.UNJUDGED, "true");
        assertThat(Quarantine.holder(message)).isEqualTo("unprotected addresses");
    }
}
