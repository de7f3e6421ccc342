package io.dialogsecurity.demo;

import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_REVOKED;
import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_UNTRUSTED;
import static io.dialogsecurity.dialog.Rejection.CONNECTION_NOT_ENTITLED;
import static io.dialogsecurity.dialog.Rejection.DIALOG_KEY_INVALID;
import static io.dialogsecurity.dialog.Rejection.MALFORMED;
import static io.dialogsecurity.dialog.Rejection.MIC_INVALID;
import static io.dialogsecurity.dialog.Rejection.PLAINTEXT_REFUSED;
import static io.dialogsecurity.dialog.Rejection.SENDER_NOT_AUTHORISED;
import static io.dialogsecurity.dialog.Rejection.SEQUENCE_CONFLICT;
import static io.dialogsecurity.dialog.Rejection.SIGNATURE_INVALID;
import static io.dialogsecurity.dialog.Rejection.STALE;
import static io.dialogsecurity.dialog.Rejection.SUITE_NOT_ACCEPTED;
import static io.dialogsecurity.dialog.Rejection.WRONG_DESTINATION;

import io.dialogsecurity.dialog.Rejection;
import java.util.Locale;
import java.util.Optional;

/** What an attacker tries, and who has to stop it where. */
enum Attack {
    /** Ciphertext; the guard has no key to notice it. */
    TAMPERED_BODY("tampered: one bit of the body", Outcome.receiver(MIC_INVALID), Outcome.receiver(MIC_INVALID)),
    TAMPERED_SEQUENCE("tampered: the sequence number", Outcome.receiver(MIC_INVALID), Outcome.receiver(MIC_INVALID)),
    TAMPERED_DIALOG_KEY(
            "tampered: the wrapped dialog key",
            Outcome.receiver(DIALOG_KEY_INVALID),
            Outcome.receiver(DIALOG_KEY_INVALID)),
    TAMPERED_KEK(
            "tampered: the wrapped key exchange key",
            Outcome.guard(SIGNATURE_INVALID),
            Outcome.receiver(SIGNATURE_INVALID)),
    TRUNCATED("tampered: cut off", Outcome.guard(MALFORMED), Outcome.receiver(MALFORMED)),
    UNKNOWN_SUITE("tampered: another suite", Outcome.guard(SUITE_NOT_ACCEPTED), Outcome.receiver(SUITE_NOT_ACCEPTED)),
    REPLAYED_ENVELOPE("replayed: the same again", Outcome.once(), Outcome.once()),
    REPLAYED_NUMBER(
            "replayed: its number, another MIC", Outcome.guard(SEQUENCE_CONFLICT), Outcome.receiver(MIC_INVALID)),
    OLD("replayed: a recording, two days old", Outcome.guard(STALE), Outcome.receiver(STALE)),
    SPLICED("spliced: headers and body of two dialogs", Outcome.receiver(MIC_INVALID), Outcome.receiver(MIC_INVALID)),
    REDIRECTED(
            "spliced: sealed for another address",
            Outcome.guard(WRONG_DESTINATION),
            Outcome.receiver(WRONG_DESTINATION)),
    PLAINTEXT("plaintext", Outcome.guard(PLAINTEXT_REFUSED), Outcome.receiver(PLAINTEXT_REFUSED)),
    UNAUTHORISED(
            "unauthorised: may not send to this address",
            Outcome.guard(SENDER_NOT_AUTHORISED),
            Outcome.receiver(SENDER_NOT_AUTHORISED)),
    REVOKED(
            "unauthorised: a revoked certificate",
            Outcome.guard(CERTIFICATE_REVOKED),
            Outcome.receiver(CERTIFICATE_REVOKED)),
    IMPOSTOR(
            "forged: sender's name, other authority",
            Outcome.guard(CERTIFICATE_UNTRUSTED),
            Outcome.receiver(CERTIFICATE_UNTRUSTED)),
    FORGED_KEK(
            "forged: a captured header, another KEK",
            Outcome.guard(SIGNATURE_INVALID),
            Outcome.receiver(SIGNATURE_INVALID)),
    /** Behind the guard nobody asks who carries a message; it is authentic. */
    UNENTITLED("unentitled user: another's envelope", Outcome.guard(CONNECTION_NOT_ENTITLED), null);

    /** Who is asked to take the message. */
    enum Place {
        /** The broker with the guard. */
        DOOR,
        /** A broker without one: only the receiver is left. */
        BEHIND
    }

    /** Who stops it, and with what reason. */
    record Outcome(String by, Rejection reason) {

        static final String GUARD = "guard";
        static final String RECEIVER = "receiver";
        static final String REMOVED = "copy removed";

        static Outcome guard(Rejection reason) {
            return new Outcome(GUARD, reason);
        }

        static Outcome receiver(Rejection reason) {
            return new Outcome(RECEIVER, reason);
        }

        boolean isReceivers() {
            return by.equals(RECEIVER);
        }

        /** The original arrives, its copy does not. */
        static Outcome once() {
            return new Outcome(REMOVED, null);
        }

        @Override
        public String toString() {
            return reason == null ? by : by + " " + reason;
        }
    }

    private final String title;
    private final Outcome atTheDoor;
    private final Outcome behind;

    Attack(String title, Outcome atTheDoor, Outcome behind) {
        this.title = title;
        this.atTheDoor = atTheDoor;
        this.behind = behind;
    }

    String title() {
        return title;
    }

    /** As it has to be; empty where there is nothing to attack. */
    Optional<Outcome> expected(Place place) {
        return Optional.ofNullable(place == Place.DOOR ? atTheDoor : behind);
    }

    /** By which its messages are found again. */
    String id(Place place) {
        return name().toLowerCase(Locale.ROOT) + "-" + place.name().toLowerCase(Locale.ROOT);
    }

    /** The connection's user: order entry's own, whose password has been stolen, or another. */
    String user() {
        return switch (this) {
            case UNAUTHORISED, UNENTITLED -> Pki.MALLORY;
            case REVOKED -> Pki.DISMISSED;
            default -> Service.ORDER_ENTRY.title();
        };
    }
}
