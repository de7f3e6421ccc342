package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.wire.Inspection;

/** A rejection in words, for the terminal. */
final class Refusal {

    private Refusal() {}

    /** Code, layer, detail, and on a line of its own the remedy. Details can quote names from the envelope. */
    static String describe(Rejected rejected) {
        return String.format(
                "%s (%d), noticed in layer %d, %s: %s%n         -> %s",
                rejected.reason(),
                rejected.reason().code(),
                rejected.layer().code(),
                Inspection.title(rejected.layer()),
                Text.printable(rejected.detail()),
                RejectionGuide.of(rejected.reason()).remedy());
    }
}
