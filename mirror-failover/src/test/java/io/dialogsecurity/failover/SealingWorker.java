package io.dialogsecurity.failover;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.SealingRefusedException;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.identity.TrustStore;
import io.dialogsecurity.wire.Envelope;
import io.dialogsecurity.wire.EnvelopeCodec;
import io.dialogsecurity.wire.EnvelopeFormatException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A process that seals in one dialog, with endpoint state, until it is killed or has sealed so many. Each line it writes says
 * how a message was sealed: {@code commitment salt sequence}.
 */
final class SealingWorker {

    static final ServiceName SENDER = new ServiceName("order-entry");
    static final ServiceName RECEIVER = new ServiceName("shipping");

    private SealingWorker() {}

    /** Arguments: directory of the state, directory of the keys, how many messages. */
    public static void main(String[] arguments) throws Exception {
        Path keys = Path.of(arguments[1]);
        long messages = Long.parseLong(arguments[2]);
        ServiceIdentity self = IdentityLoader.loadEvenIfExpired(keys.resolve("order-entry.pem"), null, null);
        ServiceCertificate receiver = IdentityLoader.loadCertificate(keys.resolve("shipping.pem"));
        TrustContext trust = new TrustContext(
                TrustStore.of(IdentityLoader.loadCertificates(keys.resolve("root.pem")), List.of(), Set.of()),
                ListedCertificates.of(List.of(self.certificate(), receiver)));
        StoreSettings settings = StoreSettings.in(Path.of(arguments[0]))
                .commitInterval(Duration.ofMillis(2))
                .build();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        try (EndpointStore store = EndpointStore.open(settings, InstantSource.system());
                DialogEndpoint endpoint = DialogEndpoint.builder(self, trust)
                        .policy(EndpointPolicy.defaults().preferring(Suite.SUITE_2))
                        .windows(store.windows())
                        .dialogs(store.dialogs())
                        .build()) {
            DialogSealer sealer = sealer(endpoint, keys.resolve("dialog"));
            for (long i = 0; i < messages; i++) {
                out.println(line(sealer.seal(MessageContent.text("message " + i), "orders")));
            }
        }
    }

    /** Goes on with the dialog of an earlier life, or begins one. */
    private static DialogSealer sealer(DialogEndpoint endpoint, Path name) throws Exception {
        if (Files.exists(name)) {
            try {
                return endpoint.resume(DialogId.from(HexFormat.of().parseHex(Files.readString(name)), 0), SENDER);
            } catch (SealingRefusedException e) {
                // The state that was put back does not know it yet.
            }
        }
        DialogSealer sealer = endpoint.begin(Set.of(RECEIVER));
        Files.writeString(name, sealer.dialogId().toString());
        return sealer;
    }

    private static String line(byte[] sealed) throws EnvelopeFormatException {
        Envelope envelope = EnvelopeCodec.parse(sealed);
        return envelope.dialogSessionKey().commitment() + " "
                + envelope.preamble().salt() + " " + envelope.message().sequence();
    }
}
