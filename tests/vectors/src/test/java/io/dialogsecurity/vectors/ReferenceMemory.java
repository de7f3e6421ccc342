package io.dialogsecurity.vectors;

import io.dialogsecurity.vectors.ReferenceHeaders.DialogKey;
import io.dialogsecurity.vectors.ReferenceHeaders.MessageHeader;
import io.dialogsecurity.vectors.ReferenceHeaders.Party;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The sequence numbers a receiver has seen, each with its envelope (step 7); it has acknowledged none. */
final class ReferenceMemory {

    private static final int LAYER = 5;

    /** Of one certificate, dialog, direction and, in direction 1, instance. */
    private static final class Numbers {
        final TreeMap<Long, byte[]> seen = new TreeMap<>();
        long last;
    }

    private final boolean gapsRefused;
    private final Checks checks;
    private final Map<String, Numbers> numbers = new HashMap<>();

    ReferenceMemory(boolean gapsRefused, Checks checks) {
        this.gapsRefused = gapsRefused;
        this.checks = checks;
    }

    private Numbers of(Party sender, DialogKey dialog) {
        return numbers.computeIfAbsent(key(sender, dialog), ignored -> new Numbers());
    }

    private String key(Party sender, DialogKey dialog) {
        String key = "direction " + dialog.direction();
        if (checks.follows(Check.NUMBERS_OF_CERTIFICATE)) {
            key += ", of " + HexFormat.of().formatHex(sender.fingerprint());
        }
        if (checks.follows(Check.NUMBERS_OF_DIALOG)) {
            key += ", dialog " + dialog.dialogId();
        }
        if (dialog.direction() == 1 && checks.follows(Check.NUMBERS_OF_INSTANCE)) {
            key += ", instance " + dialog.instance();
        }
        return key;
    }

    /** How an authentic message relates to those before; remembers it. */
    String arrive(Party sender, DialogKey dialog, MessageHeader message, byte[] envelope) {
        Numbers known = of(sender, dialog);
        long sequence = message.sequence();
        byte[] same = known.seen.get(sequence);
        if (same != null) {
            checks.require(Check.OTHER_CIPHERTEXT, Arrays.equals(same, envelope), LAYER);
            return "REDELIVERED";
        }
        long newest = known.seen.isEmpty() ? 0 : known.seen.lastKey();
        checks.require(Check.NOT_ENDED, known.last == 0 || sequence <= known.last, LAYER);
        boolean first = newest == 0 && checks.follows(Check.FIRST_NUMBER);
        String arrival = first || sequence == newest + 1 ? "NEXT" : sequence > newest ? "AFTER_GAP" : "LATE";
        checks.require(Check.NO_GAP, !gapsRefused || arrival.equals("NEXT"), LAYER);
        known.seen.put(sequence, envelope.clone());
        return arrival;
    }

    /** What follows from a message that has been opened. */
    void accepted(Party sender, DialogKey dialog, MessageHeader message) {
        Numbers known = of(sender, dialog);
        if (message.has(ReferenceHeaders.END_OF_DIALOG) && (known.last == 0 || !checks.follows(Check.FIRST_END))) {
            known.last = message.sequence();
        }
    }
}
