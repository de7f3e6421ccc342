package io.dialogsecurity.artemis.client.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeliveryLedgerTest {

    private final List<String> settled = new ArrayList<>();

    private void deliver(DeliveryLedger ledger, long consumer, long... messages) {
        for (long message : messages) {
            ledger.delivered(consumer, message, () -> settled.add(consumer + "/" + message));
        }
    }

    @Test
    @DisplayName("An acknowledgement names the last of many, of one consumer")
    void acknowledgesUpTo() {
        DeliveryLedger ledger = new DeliveryLedger(true);
        deliver(ledger, 0, 1, 2, 3);
        deliver(ledger, 1, 1, 2);
        ledger.acknowledgedUpTo(0, 2);
        assertThat(settled).containsExactly("0/1", "0/2");
        ledger.acknowledgedUpTo(1, 1);
        assertThat(settled).containsExactly("0/1", "0/2", "1/1");
        assertThat(ledger.size()).isEqualTo(2);
    }

    @Test
    @DisplayName("An acknowledgement of what is not known settles nothing")
    void unknown() {
        DeliveryLedger ledger = new DeliveryLedger(true);
        deliver(ledger, 0, 1, 2);
        ledger.acknowledgedUpTo(0, 9);
        ledger.acknowledgedUpTo(7, 1);
        ledger.acknowledged(0, 9);
        assertThat(settled).isEmpty();
        assertThat(ledger.oneByOne(0, 9)).isEmpty();
    }

    @Test
    @DisplayName("A refused message is never acknowledged together with others")
    void refusedOnesStay() {
        DeliveryLedger ledger = new DeliveryLedger(true);
        deliver(ledger, 0, 1);
        ledger.refused(0, 2);
        deliver(ledger, 0, 3, 4);
        assertThat(ledger.oneByOne(0, 1)).isEmpty();
        assertThat(ledger.oneByOne(0, 3)).containsExactly(1L, 3L);
        ledger.acknowledgedUpTo(0, 3);
        assertThat(settled).containsExactly("0/1", "0/3");
        assertThat(ledger.oneByOne(0, 4)).containsExactly(4L);
        ledger.removed(0, 2);
        assertThat(ledger.oneByOne(0, 4)).isEmpty();
        ledger.acknowledgedUpTo(0, 4);
        assertThat(ledger.size()).isZero();
    }

    @Test
    @DisplayName("In a transaction messages settle with the commit")
    void commits() {
        DeliveryLedger ledger = new DeliveryLedger(false);
        deliver(ledger, 0, 1, 2);
        ledger.acknowledgedUpTo(0, 2);
        assertThat(settled).isEmpty();
        ledger.committed();
        assertThat(settled).containsExactly("0/1", "0/2");
        ledger.committed();
        assertThat(settled).hasSize(2);
    }

    @Test
    @DisplayName("What is rolled back, or in doubt, is not settled and may come again")
    void rollsBack() {
        DeliveryLedger ledger = new DeliveryLedger(false);
        deliver(ledger, 0, 1, 2, 3);
        ledger.acknowledgedUpTo(0, 2);
        ledger.rolledBack();
        ledger.committed();
        assertThat(settled).isEmpty();
        deliver(ledger, 0, 1, 2, 3);
        ledger.acknowledgedUpTo(0, 3);
        ledger.transactionInDoubt();
        ledger.committed();
        assertThat(settled).isEmpty();
    }

    @Test
    @DisplayName("A message that comes again takes the place of its earlier delivery")
    void redelivered() {
        DeliveryLedger ledger = new DeliveryLedger(true);
        deliver(ledger, 0, 1, 2);
        deliver(ledger, 0, 1);
        assertThat(ledger.size()).isEqualTo(2);
        ledger.acknowledgedUpTo(0, 2);
        assertThat(settled).containsExactly("0/2");
    }

    @Test
    @DisplayName("XA branches settle by themselves")
    void branches() {
        DeliveryLedger ledger = new DeliveryLedger(false);
        deliver(ledger, 0, 1, 2, 3);
        ledger.branchStarted("x");
        ledger.acknowledged(0, 1);
        ledger.branchEnded();
        ledger.branchStarted("y");
        ledger.acknowledged(0, 2);
        ledger.branchEnded();
        ledger.branchRolledBack("x");
        ledger.branchCommitted("x");
        assertThat(settled).isEmpty();
        ledger.branchCommitted("y");
        assertThat(settled).containsExactly("0/2");
    }

    @Test
    @DisplayName("An XA branch in a session that settles at once waits for its commit all the same")
    void branchBeatsAutoCommit() {
        DeliveryLedger ledger = new DeliveryLedger(true);
        deliver(ledger, 0, 1);
        ledger.branchStarted("x");
        ledger.acknowledged(0, 1);
        assertThat(settled).isEmpty();
        ledger.branchCommitted("x");
        assertThat(settled).containsExactly("0/1");
    }

    @Test
    @DisplayName("A consumer or session that ends leaves nothing behind")
    void ends() {
        DeliveryLedger ledger = new DeliveryLedger(true);
        deliver(ledger, 0, 1);
        deliver(ledger, 1, 2);
        ledger.consumerClosed(0);
        assertThat(ledger.size()).isEqualTo(1);
        ledger.restarted(false);
        assertThat(ledger.size()).isZero();
        deliver(ledger, 0, 1);
        ledger.acknowledged(0, 1);
        assertThat(settled).isEmpty();
    }
}
