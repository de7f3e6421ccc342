package io.dialogsecurity.artemis.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.artemis.guard.OpenSends.OpenSend;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.ClaimWindow;
import io.dialogsecurity.state.ClaimWindows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.apache.activemq.artemis.core.io.IOCallback;
import org.apache.activemq.artemis.core.io.OperationConsistencyLevel;
import org.apache.activemq.artemis.core.persistence.OperationContext;
import org.apache.activemq.artemis.core.persistence.impl.journal.OperationContextImpl;
import org.apache.activemq.artemis.core.persistence.impl.nullpm.NullStorageManager;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.core.transaction.impl.TransactionImpl;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OpenSendsTest {

    private static final ClaimKey KEY = new ClaimKey(
            new ServiceName("order-entry"),
            Bytes.EMPTY,
            DialogId.from(new byte[DialogId.BYTES], 0),
            Direction.INITIATOR_TO_TARGET,
            0);

    private final OpenSends sends = new OpenSends();
    private final ClaimWindow window = ClaimWindows.inMemory(1).window(KEY);
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final OperationContext context = new OperationContextImpl(tasks::add);
    private final List<String> told = new ArrayList<>();

    @Test
    @DisplayName("One message at a time is on its way with a number")
    void onePlace() {
        OpenSend first = begin(10);
        OpenSend copy = sends.send(KEY, window, 1, 10);
        assertThat(sends.begin(copy)).isSameAs(first);
        first.done();
        assertThat(sends.begin(copy)).isNull();
        assertThat(window.take(1, 10, false)).isEqualTo(Claim.REPLAYED);
    }

    @Test
    @DisplayName("The answer to a copy waits until the first is stored, and for what its session waited for before")
    void answerWaits() {
        OpenSend first = begin(10);
        first.routedInOwn(transaction());
        context.storeLineUp();
        answer("before");
        assertThat(first.holdUp(context)).isTrue();
        answer("copy");

        first.done();
        run();
        assertThat(told).isEmpty();
        context.done();
        run();
        assertThat(told).containsExactly("before", "copy");
    }

    @Test
    @DisplayName("The answer to a copy is an error if the first is not stored after all")
    void answerFails() {
        OpenSend first = begin(10);
        first.routedInOwn(transaction());
        assertThat(first.holdUp(context)).isTrue();
        answer("copy");
        first.withdraw();
        run();
        assertThat(told).containsExactly("copy failed");
        assertThat(window.take(1, 11, false)).isEqualTo(Claim.TAKEN);
    }

    @Test
    @DisplayName("Nobody waits for the end of somebody's transaction, nor for what has come to nothing")
    void notHeldUp() {
        OpenSend first = begin(10);
        assertThat(first.holdUp(context)).isFalse();
        Transaction transaction = transaction();
        first.routedIn(transaction);
        assertThat(first.isIn(transaction)).isTrue();
        assertThat(first.isIn(transaction())).isFalse();
        assertThat(first.holdUp(context)).isFalse();
        first.withdraw();
        assertThat(first.holdUp(context)).isFalse();
        answer("nothing to wait for");
        run();
        assertThat(told).containsExactly("nothing to wait for");
    }

    @Test
    @DisplayName("Once its commit has been asked for, the answer to a copy waits for it however long it takes")
    void committing() throws Exception {
        Deque<IOCallback> writing = new ArrayDeque<>();
        Transaction transaction = new TransactionImpl(new NullStorageManager() {
            @Override
            public void afterCompleteOperations(IOCallback whenWritten, OperationConsistencyLevel level) {
                writing.add(whenWritten);
            }
        });
        OpenSend first = begin(10);
        first.routedIn(transaction);
        transaction.commit();

        assertThat(first.holdUp(context)).isTrue();
        answer("copy");
        run();
        assertThat(told).isEmpty();
        writing.remove().done();
        run();
        assertThat(told).containsExactly("copy");
    }

    @Test
    @DisplayName("A store that fails leaves neither the place taken nor those who wait untold")
    void storeFails() {
        ClaimWindow broken = new ClaimWindow() {
            @Override
            public Claim take(long sequence, long micPrefix, boolean refuseGaps) {
                return Claim.TAKEN;
            }

            @Override
            public void stored(long sequence, long micPrefix) {
                throw new IllegalStateException("closed");
            }

            @Override
            public void withdraw(long sequence, long micPrefix) {
                throw new IllegalStateException("closed");
            }

            @Override
            public void release(long sequence, long micPrefix) {
                throw new IllegalStateException("closed");
            }
        };
        for (Consumer<OpenSend> end : List.<Consumer<OpenSend>>of(OpenSend::done, OpenSend::withdraw)) {
            OpenSend first = sends.send(KEY, broken, 1, 10);
            assertThat(sends.begin(first)).isNull();
            first.routedInOwn(transaction());
            assertThat(first.holdUp(context)).isTrue();
            answer("copy");
            assertThatThrownBy(() -> end.accept(first)).hasMessage("closed");
            run();
        }
        assertThat(told).containsExactly("copy", "copy failed");
        assertThat(sends.begin(sends.send(KEY, window, 1, 10))).isNull();
    }

    private OpenSend begin(long micPrefix) {
        OpenSend send = sends.send(KEY, window, 1, micPrefix);
        assertThat(sends.begin(send)).isNull();
        assertThat(window.take(1, micPrefix, false)).isEqualTo(Claim.TAKEN);
        return send;
    }

    private void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private static Transaction transaction() {
        return new TransactionImpl(new NullStorageManager());
    }

    private void answer(String text) {
        context.executeOnCompletion(new IOCallback() {
            @Override
            public void done() {
                told.add(text);
            }

            @Override
            public void onError(int errorCode, String errorMessage) {
                told.add(text + " failed");
            }
        });
    }
}
