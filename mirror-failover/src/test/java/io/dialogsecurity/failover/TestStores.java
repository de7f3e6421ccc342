package io.dialogsecurity.failover;

import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.ClaimKey;
import io.dialogsecurity.state.DialogState;
import io.dialogsecurity.state.DialogStatus;
import io.dialogsecurity.state.WindowKey;
import java.nio.file.Path;
import java.time.InstantSource;

/** Stores and keys for tests. */
final class TestStores {

    static final InstantSource CLOCK = InstantSource.system();
    static final Bytes LAYERS = Bytes.copyOf(new byte[3_000]);

    private TestStores() {}

    static EndpointStore open(Path directory) {
        return EndpointStore.open(StoreSettings.in(directory).build(), CLOCK);
    }

    static WindowKey windowKey(long dialog) {
        return new WindowKey(
                Bytes.copyOf(new byte[32]), "shipping", new DialogId(7, dialog), Direction.INITIATOR_TO_TARGET, 0, "");
    }

    static ClaimKey claimKey(long dialog) {
        return claimKey("orders", dialog);
    }

    static ClaimKey claimKey(String service, long dialog) {
        return new ClaimKey(
                new ServiceName(service),
                Bytes.copyOf(new byte[32]),
                new DialogId(7, dialog),
                Direction.INITIATOR_TO_TARGET,
                0);
    }

    static DialogState dialog(long id, DialogStatus status) {
        return new DialogState("orders", new DialogId(7, id), 0, 1, LAYERS, status, CLOCK.millis());
    }
}
