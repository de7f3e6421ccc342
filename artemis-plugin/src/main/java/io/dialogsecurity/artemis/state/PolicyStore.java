package io.dialogsecurity.artemis.state;

import io.dialogsecurity.failover.EndpointStore;
import io.dialogsecurity.failover.OnDamage;
import io.dialogsecurity.failover.StoreException;
import io.dialogsecurity.failover.StoreSettings;
import io.dialogsecurity.policy.DamagedState;
import io.dialogsecurity.policy.Limits;
import io.dialogsecurity.policy.StatePolicy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens endpoint state where and as a policy says. */
public final class PolicyStore {

    private PolicyStore() {}

    /**
     * Opens the state; made if there is none.
     *
     * @param otherwise the directory if the policy names none
     * @param limits say how long a message may live, and with it what is remembered of a closed dialog
     * @throws StoreException with one line that names the place, what is wrong and the remedy
     */
    public static EndpointStore open(StatePolicy policy, Path otherwise, Limits limits, InstantSource clock) {
        StoreSettings.Builder builder = StoreSettings.in(policy.directory().orElse(otherwise))
                .commitInterval(policy.commitInterval())
                .tombstoneLife(limits.messageMaxAge().plus(limits.clockSkew().multipliedBy(2)))
                .onDamage(policy.onDamage() == DamagedState.REBUILD ? OnDamage.REBUILD : OnDamage.REFUSE)
                .sync(policy.force());
        policy.url().ifPresent(builder::url);
        policy.user().ifPresent(builder::user);
        use(policy.password(), builder::password);
        use(policy.encryptionPassword(), builder::encryptionPassword);
        try (StoreSettings settings = builder.build()) {
            return EndpointStore.open(settings, clock);
        }
    }

    private static void use(Optional<char[]> password, Consumer<char[]> taker) {
        password.ifPresent(value -> {
            taker.accept(value);
            Arrays.fill(value, '\0');
        });
    }
}
