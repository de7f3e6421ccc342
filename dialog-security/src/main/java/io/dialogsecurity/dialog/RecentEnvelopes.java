package io.dialogsecurity.dialog;

import static io.dialogsecurity.wire.WireFormat.FRAME_BYTES;
import static io.dialogsecurity.wire.WireFormat.PREAMBLE_BYTES;

import io.dialogsecurity.dialog.ForkReport.Evidence;
import io.dialogsecurity.id.Bytes;
import io.dialogsecurity.state.WindowKey;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.MessageFlags;
import java.util.Optional;

/**
 * The envelopes opened last, so that a fork can be shown with both of its messages. Thread-safe.
 *
 * <p>It is in the way of every message, so it does as little as it can: what differs from message to message (preamble,
 * message header, body) is copied into a ring of bytes, the newest over the oldest; the static headers, most of a small
 * envelope, are those the opener has believed, and are only pointed at. There is no index, because a fork is rare enough to
 * look at everything. Several rings, chosen by dialog, keep threads out of each other's way.
 */
final class RecentEnvelopes {

    /** Of larger envelopes the head alone is kept, which has the MIC: to copy them would cost a part of deciphering them. */
    private static final int MAX_MESSAGE_BYTES = 2048;

    private static final int RINGS = 4;
    private static final int BYTES_PER_SLOT = 512;

    private final Ring[] rings;

    /** @param bytes what it may hold, about; 0 for nothing */
    RecentEnvelopes(long bytes) {
        int each = (int) Math.min(bytes / RINGS, 1 << 30);
        rings = new Ring[each < 2 * MAX_MESSAGE_BYTES ? 0 : RINGS];
        for (int i = 0; i < rings.length; i++) {
            rings[i] = new Ring(each);
        }
    }

    /** Remembers an envelope that was accepted. */
    void keep(WindowKey window, BelievedHeaders headers, EnvelopeFrame frame) {
        if (rings.length != 0) {
            ring(window).keep(window, headers, frame);
        }
    }

    /** The newest envelope that was accepted in this place. */
    Optional<Evidence> find(WindowKey window, long sequence) {
        return rings.length == 0 ? Optional.empty() : ring(window).find(window, sequence);
    }

    private Ring ring(WindowKey window) {
        return rings[(int) (window.dialogId().low() & (RINGS - 1))];
    }

    private static final class Ring {

        private final int size;
        private byte[] bytes = {};
        private Slot[] slots = {};
        private int nextSlot;
        /** Bytes written since the beginning, those left out at the end of a round included. */
        private long written;

        Ring(int size) {
            this.size = size;
        }

        private static final class Slot {
            private WindowKey window;
            private BelievedHeaders headers;
            private long sequence;
            private long start;
            private int length;
            private boolean whole;
        }

        synchronized void keep(WindowKey window, BelievedHeaders headers, EnvelopeFrame frame) {
            if (bytes.length == 0) {
                bytes = new byte[size];
                slots = new Slot[size / BYTES_PER_SLOT];
            }
            int rest = frame.end() - frame.messageOffset();
            boolean whole = rest <= MAX_MESSAGE_BYTES && !frame.context().has(MessageFlags.STREAMED);
            if (!whole) {
                rest = FRAME_BYTES + Long.BYTES + frame.context().length();
            }
            int length = PREAMBLE_BYTES + rest;
            int at = (int) (written % size);
            if (at + length > size) {
                written += size - at;
                at = 0;
            }
            System.arraycopy(frame.array(), frame.offset(), bytes, at, PREAMBLE_BYTES);
            System.arraycopy(frame.array(), frame.messageOffset(), bytes, at + PREAMBLE_BYTES, rest);
            Slot slot = slots[nextSlot];
            if (slot == null) {
                slot = new Slot();
                slots[nextSlot] = slot;
            }
            nextSlot = nextSlot + 1 == slots.length ? 0 : nextSlot + 1;
            slot.window = window;
            slot.headers = headers;
            slot.sequence = frame.sequence();
            slot.start = written;
            slot.length = length;
            slot.whole = whole;
            written += length;
        }

        synchronized Optional<Evidence> find(WindowKey window, long sequence) {
            Slot newest = null;
            for (Slot slot : slots) {
                if (slot != null
                        && slot.sequence == sequence
                        && slot.start + size >= written
                        && (newest == null || slot.start > newest.start)
                        && slot.window.equals(window)) {
                    newest = slot;
                }
            }
            return newest == null ? Optional.empty() : Optional.of(evidence(newest));
        }

        private Evidence evidence(Slot slot) {
            byte[] layers = slot.headers.layers();
            byte[] envelope = new byte[slot.length + layers.length];
            int at = (int) (slot.start % size);
            System.arraycopy(bytes, at, envelope, 0, PREAMBLE_BYTES);
            System.arraycopy(layers, 0, envelope, PREAMBLE_BYTES, layers.length);
            System.arraycopy(
                    bytes, at + PREAMBLE_BYTES, envelope, PREAMBLE_BYTES + layers.length, slot.length - PREAMBLE_BYTES);
            return new Evidence(slot.headers.dialog.keyId(), Bytes.copyOf(envelope), slot.whole);
        }
    }
}
