package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.dialog.Rejection;

/** What a rejection means to whoever runs the broker and its services, and what to do about it. */
final class RejectionGuide {

    /**
     * One entry.
     *
     * @param meaning what was found
     * @param remedy what to look at, or do
     */
    record Advice(String meaning, String remedy) {}

    private RejectionGuide() {}

    /** The entry of a code; there is one for each, or this does not compile. */
    static Advice of(Rejection rejection) {
        return switch (rejection) {
            case PLAINTEXT_REFUSED ->
                new Advice(
                        "The message is not sealed, on an address where only sealed ones may pass.",
                        "Switch the sender's client to sealing, or let the address bypass in dialog-security.xml.");
            case MALFORMED ->
                new Advice(
                        "It begins like an envelope and is none: cut, oversized, or changed.",
                        "Look at it with 'inspect'. Something between the parties changes or cuts bodies.");
            case VERSION_UNSUPPORTED ->
                new Advice(
                        "An envelope of a version this release does not know.",
                        "Update this side before the sender's.");
            case SUITE_NOT_ACCEPTED ->
                new Advice(
                        "A suite this release does not know, or policy does not accept.",
                        "Compare <suites> of sender and receiver; the sender prefers one the receiver has to accept.");
            case CERTIFICATE_UNTRUSTED ->
                new Advice(
                        "No trusted path to the signer's certificate, or no certificate at all.",
                        "Check that the trust anchors hold the issuer, and that intermediates are in the key store.");
            case CERTIFICATE_EXPIRED ->
                new Advice(
                        "The signer's certificate was not valid when the message was sealed.",
                        "Issue a new certificate for the sender; check its clock if the certificate is new.");
            case CERTIFICATE_REVOKED ->
                new Advice(
                        "The signer's certificate has been revoked.",
                        "An attack with a stolen key, or a service that still runs with its old one: find out which.");
            case CERTIFICATE_UNSUITABLE ->
                new Advice(
                        "The signer's certificate has a weak key, a wrong usage, or does not belong to the names in the"
                                + " header.",
                        "Issue one with RSA of 3072 bits or more, or Ed25519 with X25519, for digital signatures.");
            case SIGNATURE_INVALID ->
                new Advice(
                        "The headers are not signed by the service they name.",
                        "A forgery, or headers changed on the way. Look at who sent it: the audit log names the"
                                + " connection.");
            case NOT_FOR_US ->
                new Advice(
                        "Sealed to other services, or to a certificate this one does not have.",
                        "Check where the message was routed; after a rotation keep the old key until its messages are"
                                + " gone.");
            case REFLECTED ->
                new Advice(
                        "Sent back to the side it came from.",
                        "A loop in the routing (diverts, bridges), or an attack.");
            case KEY_EXCHANGE_KEY_INVALID ->
                new Advice(
                        "The key exchange key does not unwrap with this service's private key.",
                        "Key and certificate of this service may not fit what the sender has; compare fingerprints.");
            case KEY_EXPIRED ->
                new Advice(
                        "Sealed outside the validity of its key exchange key or dialog key.",
                        "Compare the clocks of sender and receiver.");
            case DIALOG_KEY_INVALID ->
                new Advice(
                        "The dialog key does not belong to these headers.",
                        "Headers of two dialogs were spliced: an attack, or a mistake in a program that builds"
                                + " envelopes.");
            case COMMITMENT_MISMATCH ->
                new Advice(
                        "The dialog key is not the one the header commits to.",
                        "An attack, or a mistake in a program that builds envelopes.");
            case MIC_INVALID ->
                new Advice(
                        "Body or headers were changed after sealing.",
                        "An attack, or something that rewrites bodies: a divert with a transformer, a bridge.");
            case SENDER_SIGNATURE_INVALID ->
                new Advice(
                        "The sender's own signature, needed where several targets share the keys, is missing or wrong.",
                        "One target may have spoken as another. Find out who sent it.");
            case AUTHENTICITY_NOT_ACCEPTED ->
                new Advice(
                        "Several targets share the keys, and messages are not signed.",
                        "Let the sender sign (authenticity=\"signed\"), or accept groups openly on both sides.");
            case STALE ->
                new Advice(
                        "Sealed longer ago than a message may live, or to be delivered only then.",
                        "A replay, a queue that stood still, or a delivery delay: raise message-max-age, of all addresses or"
                                + " of this one, if messages wait that long.");
            case FROM_THE_FUTURE ->
                new Advice("Sealed in the future, beyond the tolerated skew.", "Set the sender's clock.");
            case WRONG_DESTINATION ->
                new Advice(
                        "Sealed for another address than the one it arrived at.",
                        "Check diverts, bridges and renamed queues; or somebody moved the message.");
            case REPLAYED ->
                new Advice(
                        "An identical message is on its way and not stored yet; or it has come before, and is being moved.",
                        "Send it again when the first has ended; a transaction of a lost connection ends with its"
                                + " time-out. What is to be delivered once more, 'redrive' moves.");
            case SEQUENCE_CONFLICT ->
                new Advice(
                        "The sequence number has been used before, with another ciphertext.",
                        "A sender was cloned or restored from a snapshot, or an attack by somebody with the keys.");
            case SEQUENCE_GAP ->
                new Advice(
                        "Messages are missing before this one, and policy does not allow gaps.",
                        "Look for the missing ones in dead-letter, expiry and quarantine addresses.");
            case SEQUENCE_TOO_OLD ->
                new Advice(
                        "Acknowledged, or stored, so long ago that nobody can tell whether it is the same message.",
                        "A late copy or a replay: the application has had a message with this number.");
            case SENDER_NOT_AUTHORISED ->
                new Advice(
                        "The sending service may not send to this address.",
                        "Give the service's roles the send permission, or add it to the address's senders.");
            case CONNECTION_NOT_ENTITLED ->
                new Advice(
                        "The connection's user may not speak for the sending service.",
                        "Add the user to the service in <services>, or find out who uses the service's key.");
            case TOO_LARGE ->
                new Advice("Larger than policy allows.", "Raise the limit in <limits>, or send the message streamed.");
            case LARGE_MESSAGE_NOT_SEALABLE ->
                new Advice(
                        "A large message on a path that cannot seal or check it.",
                        "Send it through the JMS decorator or the dialog API, which stream large bodies.");
            case DROPPED_BY_POLICY ->
                new Advice("Policy drops messages to this address.", "Nothing, if that is meant.");
            case CONTENT_INVALID ->
                new Advice(
                        "What was inside the ciphertext is not what its kind promises.",
                        "A mistake in a program that builds envelopes.");
            case INTERNAL_ERROR ->
                new Advice(
                        "A mistake of ours or of the platform; the message is refused all the same.",
                        "Look for the stack trace in the log, and report it.");
            case DIALOG_ENDED ->
                new Advice(
                        "The sender, or both sides, had said before that no more would be sent in this dialog.",
                        "An application that sends after its last message, or another instance of it that does not know"
                                + " of it: let it begin a dialog.");
            case DIALOG_UNKNOWN ->
                new Advice(
                        "Nothing is remembered of the dialog that is to be continued.",
                        "Let the instances share their <state>, or begin a dialog.");
        };
    }
}
