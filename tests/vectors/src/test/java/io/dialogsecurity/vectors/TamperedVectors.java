package io.dialogsecurity.vectors;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.vectors.ReferenceSealer.Dialog;
import io.dialogsecurity.vectors.ReferenceSealer.Message;
import io.dialogsecurity.vectors.ReferenceSealer.Pair;
import io.dialogsecurity.wire.EnvelopeInspector;
import io.dialogsecurity.wire.InspectedField;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Every field of an envelope changed in its last bit, one vector for each. */
final class TamperedVectors {

    /** Who notices. */
    private record Expectation(Rejection code, Layer layer) {}

    private final VectorGenerator out;

    TamperedVectors(VectorGenerator out) {
        this.out = out;
    }

    void write() throws IOException {
        for (int suite = 1; suite <= 2; suite++) {
            Pair pair = new Pair(VectorKeys.of("order-entry", suite), VectorKeys.of("shipping", suite));
            tamper(
                    suite,
                    "pair",
                    new Message(new Dialog(pair)).text("Order 4711").sequence(2).seal());
        }
        Pair signed =
                new Pair(VectorKeys.of("order-entry", 2), VectorKeys.of("shipping", 2), VectorKeys.of("billing", 2));
        tamper(
                2,
                "signed",
                new Message(new Dialog(signed)).text("Order 4711").sequence(2).seal());
    }

    private void tamper(int suite, String what, byte[] envelope) throws IOException {
        Map<String, Integer> seen = new HashMap<>();
        for (InspectedField field : EnvelopeInspector.inspect(envelope).fields()) {
            byte[] tampered = envelope.clone();
            tampered[field.offset() + field.length() - 1] ^= 1;
            String name = "suite" + suite + "-" + what + "-" + field.layer().code() + "-"
                    + field.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
            int times = seen.merge(name, 1, Integer::sum);
            Expectation expected = expected(field, what.equals("signed"));
            out.negative(
                    "tampered",
                    times == 1 ? name : name + "-" + times,
                    new Case(
                                    "the last bit of '" + field.name() + "' in layer "
                                            + field.layer().code(),
                                    tampered)
                            .at("shipping", suite),
                    expected.code(),
                    expected.layer());
        }
    }

    private static Expectation expected(InspectedField field, boolean signed) {
        Layer layer = field.layer();
        Expectation malformed = new Expectation(Rejection.MALFORMED, layer);
        if (field.name().startsWith("frame ")) {
            // A wrong length is noticed where the next layer is not.
            return field.name().equals("frame type") ? malformed : new Expectation(Rejection.MALFORMED, null);
        }
        return switch (layer) {
            case SECURITY_PREAMBLE ->
                switch (field.name()) {
                    case "magic" -> new Expectation(Rejection.PLAINTEXT_REFUSED, layer);
                    case "version" -> new Expectation(Rejection.VERSION_UNSUPPORTED, layer);
                    case "suite" -> new Expectation(Rejection.SUITE_NOT_ACCEPTED, layer);
                    case "salt" -> malformed;
                    case "length of layers 2 to 4" -> new Expectation(Rejection.MALFORMED, Layer.MESSAGE_HEADER);
                    default -> message(signed);
                };
            case SERVICE_PAIR_HEADER -> pair(field.name(), layer);
            case KEY_EXCHANGE_KEY_HEADER ->
                field.name().equals("wraps")
                        ? malformed
                        : new Expectation(Rejection.SIGNATURE_INVALID, Layer.SERVICE_PAIR_HEADER);
            case DIALOG_SESSION_KEY_HEADER ->
                switch (field.name()) {
                    case "direction", "sender" -> malformed;
                    case "key commitment" -> new Expectation(Rejection.COMMITMENT_MISMATCH, layer);
                    default -> new Expectation(Rejection.DIALOG_KEY_INVALID, layer);
                };
            case MESSAGE_HEADER ->
                field.name().equals("destination")
                        ? new Expectation(Rejection.WRONG_DESTINATION, layer)
                        : message(signed);
            case BODY -> message(signed);
            default ->
                field.name().equals("sender: certificates")
                        ? malformed
                        : new Expectation(Rejection.SENDER_SIGNATURE_INVALID, layer);
        };
    }

    private static Expectation pair(String field, Layer layer) {
        if (field.equals("authenticity") || field.equals("targets") || field.equals("initiator: certificates")) {
            return new Expectation(Rejection.MALFORMED, layer);
        }
        return field.startsWith("initiator: ")
                ? new Expectation(Rejection.CERTIFICATE_UNSUITABLE, layer)
                : new Expectation(Rejection.SIGNATURE_INVALID, layer);
    }

    /** What only the MIC covers; where messages are signed, their signature is looked at first. */
    private static Expectation message(boolean signed) {
        return signed
                ? new Expectation(Rejection.SENDER_SIGNATURE_INVALID, Layer.SENDER_SIGNATURE)
                : new Expectation(Rejection.MIC_INVALID, Layer.BODY);
    }
}
