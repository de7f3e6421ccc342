package io.dialogsecurity.vectors;

import static io.dialogsecurity.dialog.Rejection.DIALOG_ENDED;
import static io.dialogsecurity.vectors.ReferenceCrypto.u16;

import io.dialogsecurity.vectors.ReferenceSealer.Dialog;
import io.dialogsecurity.vectors.ReferenceSealer.Message;
import io.dialogsecurity.vectors.ReferenceSealer.Pair;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;

/** Whose sequence numbers are compared with whose, and which end counts. */
final class NumberVectors {

    private static final String GROUP = "sequence";
    private static final int END_OF_DIALOG = 0x08;
    private static final int ERROR = 6;

    private final VectorGenerator out;
    private final VectorPki.Identity shipping = VectorKeys.of("shipping-2");
    private final Pair pair = new Pair(VectorKeys.of("order-entry-2"), shipping).build();
    private final Dialog dialog = new Dialog(pair);

    NumberVectors(VectorGenerator out) {
        this.out = out;
    }

    private Message message(long sequence) {
        return new Message(dialog).text("number " + sequence).sequence(sequence);
    }

    private Message last(long sequence) {
        return message(sequence).flag(END_OF_DIALOG);
    }

    void write() throws IOException {
        byte[] first = message(1).seal();
        Pair mallorys = new Pair(VectorKeys.of("mallory-2"), shipping);
        out.positive(
                GROUP,
                "same-dialog-other-certificate",
                new Case(
                                "the dialog id and number of somebody else's message, from another certificate",
                                new Message(new Dialog(mallorys).in(dialog.dialogId))
                                        .text("mine")
                                        .seal())
                        .receivedBefore(first));
        out.positive(
                GROUP,
                "other-dialog",
                new Case(
                                "the first message of another dialog of the same pair",
                                new Message(new Dialog(pair)).text("another").seal())
                        .receivedBefore(first));
        out.positive(
                GROUP,
                "first-seen",
                new Case(
                                "number 5 is the first a receiver sees, where policy allows no gap",
                                message(5).seal())
                        .with("gaps", "refused"));
        out.positive(
                GROUP,
                "late-by-1023",
                new Case("1023 numbers behind the newest, and never seen", first)
                        .receivedBefore(message(1024).seal()));
        ends();
    }

    private void ends() throws IOException {
        out.positive(
                GROUP,
                "late-after-the-end",
                new Case(
                                "a message that was overtaken by its sender's last",
                                message(2).seal())
                        .receivedBefore(last(3).seal()));
        out.positive(
                GROUP,
                "two-ends",
                new Case(
                                "two messages say they are the last; the one seen first is, and this one is not after it",
                                message(4).seal())
                        .receivedBefore(last(5).seal())
                        .receivedBefore(last(3).seal()));
        out.negative(
                GROUP,
                "second-end",
                new Case("a new message after the last says that it is the last", last(4).seal())
                        .receivedBefore(last(3).seal()),
                DIALOG_ENDED,
                Layer.MESSAGE_HEADER);
        byte[] broken = new Message(new Dialog(pair).in(dialog.dialogId).replyFrom(1))
                .kind(ERROR, u16(1))
                .to("replies")
                .flag(END_OF_DIALOG)
                .seal();
        out.positive(
                GROUP,
                "reply-after-error-of-another-instance",
                new Case(
                                "an instance of the target has broken the dialog off; another goes on replying",
                                new Message(new Dialog(pair).in(dialog.dialogId).replyFrom(1))
                                        .text("done")
                                        .to("replies")
                                        .sequence(2)
                                        .seal())
                        .at("order-entry", 2)
                        .with("received-at", "replies")
                        .receivedBefore(broken));
    }
}
