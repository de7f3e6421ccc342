package io.dialogsecurity.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.Claim;
import io.dialogsecurity.state.SequenceMemory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What records of a tail make of a window that the database has, which may be newer than they are. */
class StoredWindowReplayTest {

    private static final int HOLD = Operation.mark(Claim.HELD, SequenceMemory.BY_DIGEST);
    private static final int STORE = Operation.mark(Claim.STORED, SequenceMemory.BY_DIGEST);
    private static final int WITHDRAW = Operation.mark(Claim.WITHDRAWN, SequenceMemory.BY_DIGEST);

    private final IdentityKey key = IdentityKey.random();
    private final StoredClaimWindow claims =
            new StoredClaimWindow(0, Definition.of(TestStores.claimKey(1)), null, key, null, null);

    private void replay(long number, long identity, int... operations) throws DamagedException {
        for (int operation : operations) {
            claims.replay(operation, number, identity);
        }
    }

    private void manyMore() throws DamagedException {
        for (long number = 100; number < 20_000; number++) {
            replay(number, number, HOLD, STORE);
        }
    }

    private Claim claim(long number, long identity) {
        return Claim.at(claims.memory, number, identity, false);
    }

    @Test
    @DisplayName(
            "A number that was given back is free, also when the database has what came before, and however old it is")
    void released() throws Exception {
        replay(5, 50, HOLD, STORE);
        replay(5, 50, HOLD, STORE, Operation.RELEASE);
        assertThat(claim(5, 50)).isEqualTo(Claim.TAKEN);
        replay(5, 50, HOLD, STORE);
        assertThat(claim(5, 50)).isEqualTo(Claim.REPLAYED);
        manyMore();
        assertThat(claim(5, 50)).isEqualTo(Claim.TOO_OLD);
        replay(5, 50, Operation.RELEASE);
        assertThat(claim(5, 50)).isEqualTo(Claim.TAKEN);
        replay(5, 50, HOLD);
        assertThat(claim(5, 50)).isEqualTo(Claim.PENDING);
        replay(5, 50, STORE);
        assertThat(claim(5, 50)).isEqualTo(Claim.REPLAYED);
    }

    @Test
    @DisplayName("What the database has of later is what it was when all records are replayed")
    void newerInDatabase() throws Exception {
        replay(5, 50, HOLD, STORE, Operation.RELEASE);
        replay(5, 51, HOLD, STORE);
        replay(5, 50, HOLD, STORE, Operation.RELEASE);
        assertThat(claim(5, 51)).as("another message's").isEqualTo(Claim.REPLAYED);
        replay(5, 51, HOLD, STORE);
        assertThat(claim(5, 51)).isEqualTo(Claim.REPLAYED);
    }

    @Test
    @DisplayName("A hold that was withdrawn takes nothing from the copy that was stored")
    void withdrawn() throws Exception {
        replay(5, 50, HOLD, STORE);
        replay(5, 50, HOLD, WITHDRAW);
        assertThat(claim(5, 50)).isEqualTo(Claim.REPLAYED);
        manyMore();
        replay(5, 50, HOLD, WITHDRAW);
        assertThat(claim(5, 50)).isEqualTo(Claim.TOO_OLD);
    }

    @Test
    @DisplayName("Of two messages with one number the one written first counts, unless it was withdrawn")
    void twoMessages() throws Exception {
        replay(5, 50, HOLD);
        replay(5, 51, HOLD, STORE);
        assertThat(claim(5, 51)).isEqualTo(Claim.CONFLICT);
        replay(5, 50, WITHDRAW);
        replay(5, 51, HOLD, STORE);
        assertThat(claim(5, 51)).isEqualTo(Claim.REPLAYED);
    }

    @Test
    @DisplayName("What a receiver has acknowledged stays so, whatever a tail says")
    void acknowledged() throws Exception {
        StoredReceiveWindow window =
                new StoredReceiveWindow(0, Definition.of(TestStores.windowKey(1)), null, key, null, null);
        int seen = Operation.mark(Arrival.SEEN, SequenceMemory.BY_MIC);
        int acknowledged = Operation.mark(Arrival.ACKNOWLEDGED, SequenceMemory.BY_MIC);
        for (long number = 1; number <= 20_000; number++) {
            window.replay(seen, number, number);
            window.replay(acknowledged, number, number);
        }
        for (long number : new long[] {5, 5_000, 19_999}) {
            window.replay(seen, number, number);
            assertThat(window.memory.mark(number)).isEqualTo(Arrival.ACKNOWLEDGED);
            assertThatThrownBy(() -> window.replay(Operation.RELEASE, number, number))
                    .isInstanceOf(DamagedException.class);
            assertThat(window.memory.mark(number)).isEqualTo(Arrival.ACKNOWLEDGED);
        }
    }
}
