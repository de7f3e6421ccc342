package io.dialogsecurity.artemis.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.core.postoffice.Binding;
import org.apache.activemq.artemis.core.postoffice.PostOffice;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.transaction.ResourceManager;
import org.apache.activemq.artemis.utils.collections.LinkedListImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueuedClaimsTest {

    private final CountDownLatch mayRead = new CountDownLatch(1);
    private final CompletableFuture<Void> everythingRead = new CompletableFuture<>();
    private boolean broken;
    private final QueuedClaims claims = new QueuedClaims(
            server(queue("orders")),
            address -> true,
            message -> read(),
            (message, transaction) -> {},
            fake(GuardListener.class, Map.of()));

    private static <T> T fake(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> answers.get(method.getName())));
    }

    private static ActiveMQServer server(Queue queue) {
        Binding binding = fake(Binding.class, Map.of("getBindable", queue));
        PostOffice postOffice = fake(PostOffice.class, Map.of("getAllBindings", List.of(binding).stream()));
        ResourceManager transactions = fake(ResourceManager.class, Map.of("getPreparedTransactions", List.of()));
        return fake(
                ActiveMQServer.class,
                Map.of(
                        "getPostOffice",
                        postOffice,
                        "getConfiguration",
                        new ConfigurationImpl(),
                        "getResourceManager",
                        transactions));
    }

    private static Queue queue(String address) {
        LinkedListImpl<MessageReference> references = new LinkedListImpl<>();
        references.addTail(MessageReference.Factory.createReference(new CoreMessage(1, 10), null));
        return fake(
                Queue.class,
                Map.of(
                        "getMessageCount",
                        1L,
                        "getAddress",
                        SimpleString.of(address),
                        "browserIterator",
                        references.iterator(),
                        "getScheduledMessages",
                        List.of()));
    }

    private boolean read() throws InterruptedException {
        mayRead.await();
        if (broken) {
            throw new IllegalStateException("a broken message");
        }
        return true;
    }

    @AfterEach
    void letGo() {
        mayRead.countDown();
    }

    @Test
    @DisplayName("An address is unread, and who asks waits, until its last message was read")
    void waits() throws Exception {
        claims.read(() -> everythingRead.complete(null));
        assertThat(claims.isUnread("orders")).isTrue();
        assertThat(claims.isUnread("invoices")).isFalse();
        claims.await("invoices");

        CompletableFuture<Boolean> waiter = CompletableFuture.supplyAsync(this::unreadAfterWaiting);
        assertThat(waits(waiter)).isTrue();
        mayRead.countDown();
        assertThat(waiter.get(30, TimeUnit.SECONDS)).isFalse();
        everythingRead.get(30, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("A message that cannot be read holds nobody up, but not everything is known then")
    void broken() throws Exception {
        broken = true;
        mayRead.countDown();
        claims.read(() -> everythingRead.complete(null));
        claims.await("orders");
        assertThat(claims.isUnread("orders")).isFalse();
        assertThat(waits(everythingRead)).isTrue();
    }

    private boolean unreadAfterWaiting() {
        try {
            claims.await("orders");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return claims.isUnread("orders");
    }

    private static boolean waits(CompletableFuture<?> future) throws ExecutionException, InterruptedException {
        try {
            future.get(100, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return true;
        }
    }
}
