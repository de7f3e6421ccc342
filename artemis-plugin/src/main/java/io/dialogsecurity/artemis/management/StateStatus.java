package io.dialogsecurity.artemis.management;

import io.dialogsecurity.failover.Health;
import java.util.Optional;

/** How endpoint state is doing. Thread-safe. */
public interface StateStatus {

    /** Empty while none is open. */
    Optional<Health> health();
}
