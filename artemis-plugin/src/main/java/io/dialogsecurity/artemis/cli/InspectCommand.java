package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.dialog.EnvelopeGuard;
import io.dialogsecurity.dialog.GuardOutcome;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.VerifiedEnvelope;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.state.DerivedCaches;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.EnvelopeInspector;
import io.dialogsecurity.wire.InspectedField;
import io.dialogsecurity.wire.Inspection;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.MessageFlags;
import io.dialogsecurity.wire.SenderSignature;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows an envelope layer by layer, without keys. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Show an envelope layer by layer, without any key.",
            "",
            "What is shown is what the envelope claims. With --trust its certificates and signatures are verified, as"
                    + " the broker's guard does; the body stays closed, see 'open'."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:a well-formed envelope, and trusted if --trust is given",
            "1:malformed, or not trusted",
            "2:the command line is wrong",
            "3:a file cannot be read"
        })
final class InspectCommand implements Callable<Integer> {

    private static final int MAX_BYTES = 64 * 1024 * 1024;
    private static final int SHOWN_FIELD_BYTES = 64;
    /** Chunks of a stream beyond these are counted, not listed. */
    private static final int SHOWN_CHUNK_FIELDS = 3 * 8;

    @Spec
    private CommandSpec spec;

    @Mixin
    private EnvelopeInput input;

    @Mixin
    private TrustOptions trust;

    @Option(names = "--hex", description = "Show the bytes too, field by field.")
    private boolean hex;

    @Option(names = "--full", description = "With --hex, show long fields in full: wraps, certificates, ciphertext.")
    private boolean full;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        byte[] bytes;
        boolean longer;
        try (InputStream in = input.open(Main.of(spec))) {
            bytes = in.readNBytes(MAX_BYTES);
            longer = in.read() >= 0;
        }
        Inspection inspection = EnvelopeInspector.inspect(bytes);
        if (hex) {
            out.print(inspection.annotatedHex(bytes, full ? Integer.MAX_VALUE : SHOWN_FIELD_BYTES));
        } else {
            describe(out, inspection, bytes);
        }
        if (longer) {
            out.printf("%nOnly the first %d bytes are shown; there are more.%n", MAX_BYTES);
        } else if (inspection.problem().isPresent()) {
            out.printf("%nMALFORMED: %s%n", inspection.problem().get());
            return ExitCode.REFUSED;
        }
        if (trust.given()) {
            return verify(out, bytes);
        }
        if (!hex) {
            out.printf("%nWell-formed. Nothing above has been verified: all of it is what the envelope claims.%n"
                    + "--trust verifies certificates and signatures, 'open' with a key everything.%n");
        }
        return ExitCode.OK;
    }

    // --- What is there

    private static void describe(PrintWriter out, Inspection inspection, byte[] bytes) {
        Layer layer = null;
        int chunkFields = 0;
        for (InspectedField field : inspection.fields()) {
            if (field.layer() == Layer.CHUNK && ++chunkFields > SHOWN_CHUNK_FIELDS) {
                continue;
            }
            if (field.layer() != layer) {
                if (layer != null) {
                    endLayer(out, layer, bytes);
                }
                layer = field.layer();
                out.printf(
                        "%s %d: %s%n",
                        layer == Layer.SECURITY_PREAMBLE ? "Layer" : "\nLayer", layer.code(), Inspection.title(layer));
            }
            if (!field.name().startsWith("frame ")) {
                out.printf("%8d %6d  %-28s %s%n", field.offset(), field.length(), field.name(), valueOf(field, bytes));
            }
        }
        if (chunkFields > SHOWN_CHUNK_FIELDS) {
            out.printf("                 ... %d chunks in all, and the last%n", chunkFields / 3);
        }
        if (layer != null) {
            endLayer(out, layer, bytes);
        }
    }

    /** What has no words is shown as it is. */
    private static String valueOf(InspectedField field, byte[] bytes) {
        return field.value().isEmpty()
                ? Bytes.copyOf(bytes, field.offset(), field.length()).toString()
                : field.value();
    }

    private static void endLayer(PrintWriter out, Layer layer, byte[] bytes) {
        if (layer == Layer.SERVICE_PAIR_HEADER || layer == Layer.SENDER_SIGNATURE) {
            certificates(layer, bytes).forEach(line -> out.printf("                 %s%n", line));
        }
        out.printf("         bound by: %s%n", boundBy(layer));
    }

    private static String boundBy(Layer layer) {
        return switch (layer) {
            case SECURITY_PREAMBLE ->
                "the MIC, which covers version, suite, time and salt; only a key holder can check it";
            case SERVICE_PAIR_HEADER ->
                "the initiator's signature, over version, suite, this layer and the next, wraps included";
            case KEY_EXCHANGE_KEY_HEADER ->
                "the same signature; this layer's and the last one's hash is in every key below";
            case DIALOG_SESSION_KEY_HEADER -> "wrap and commitment, which only these headers and this dialog derive";
            case MESSAGE_HEADER -> "the MIC: sequence, kind, flags and destination are its associated data";
            case BODY -> "the MIC, over the ciphertext and the hash of layers 2 to 4";
            case SENDER_SIGNATURE -> "itself: it covers headers, MIC and ciphertext of this very message";
            case CHUNK, LAST_CHUNK -> "a tag of its own, under a key only this message derives, with its index";
        };
    }

    /** The certificates in a well-formed envelope, in words. */
    private static List<String> certificates(Layer layer, byte[] bytes) {
        List<String> lines = new ArrayList<>();
        try {
            List<Bytes> encoded = layer == Layer.SERVICE_PAIR_HEADER
                    ? frame(bytes).staticHeaders().servicePair().initiatorCertificates()
                    : frame(bytes)
                            .senderSignature()
                            .map(SenderSignature::certificates)
                            .orElse(List.of());
            if (!encoded.isEmpty()) {
                ServiceCertificate certificate = ServiceCertificate.parse(
                        encoded.stream().map(Bytes::toArray).toList());
                lines.add("certificate of " + certificate.serviceName() + ", "
                        + certificate.publicKey().getAlgorithm() + ", valid " + certificate.notBefore() + " to "
                        + certificate.notAfter());
            }
        } catch (EnvelopeFormatException | CertificateException | IllegalArgumentException e) {
            lines.add("the certificates cannot be read");
        }
        return lines;
    }

    private static EnvelopeFrame frame(byte[] bytes) throws EnvelopeFormatException {
        int head = EnvelopeFrame.headLength(bytes, 0, bytes.length);
        return head <= bytes.length && EnvelopeFrame.announcesStream(bytes, 0, head)
                ? EnvelopeFrame.readStreamHead(bytes, 0, head)
                : EnvelopeFrame.read(bytes, 0, bytes.length);
    }

    // --- What can be verified without a key

    private int verify(PrintWriter out, byte[] bytes) {
        GuardOutcome outcome;
        boolean streamed;
        try {
            EnvelopeFrame frame = frame(bytes);
            Instant sealed = Instant.ofEpochMilli(frame.creationTimeMillis());
            streamed = frame.message().has(MessageFlags.STREAMED);
            // Judged as of the time it was sealed: the guard would also refuse it for its age.
            EnvelopeGuard guard = new EnvelopeGuard(
                    TrustOptions.everythingAccepted(), trust.context(), DerivedCaches.none(), () -> sealed);
            outcome = streamed
                    ? guard.checkHead(bytes, 0, frame.end() - frame.offset())
                    : guard.check(bytes, 0, bytes.length);
        } catch (EnvelopeFormatException e) {
            throw new CommandFailure(ExitCode.REFUSED, input.name() + ": " + e.getMessage(), e);
        }
        if (outcome instanceof Rejected rejected) {
            out.printf("%nREFUSED: %s%n", Refusal.describe(rejected));
            return ExitCode.REFUSED;
        }
        trusted(out, (VerifiedEnvelope) outcome, streamed);
        return ExitCode.OK;
    }

    private static void trusted(PrintWriter out, VerifiedEnvelope verified, boolean streamed) {
        out.printf(
                "%nVerified: %s signed layers 2 and 3, with a certificate that was trusted when the message was"
                        + " sealed.%n",
                verified.initiator());
        Optional<String> sender = Optional.empty();
        if (verified.senderProven()) {
            sender = Optional.of(verified.sender() + " signed this very message.");
        }
        out.printf("          %s%n", sender.orElse(stillClaim(verified, streamed)));
        out.printf("          Age, order and whether the body is intact are left to the receiver.%n");
    }

    private static String stillClaim(VerifiedEnvelope verified, boolean streamed) {
        return verified.authenticity() == Authenticity.SIGNED && streamed
                ? "That " + verified.sender() + " sent it stays a claim here: its signature is behind the chunks."
                : "That " + verified.sender() + " sent it, when and where to stay claims: only the key proves them.";
    }
}
