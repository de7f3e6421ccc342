package io.dialogsecurity.demo;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.DialogSealer;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.MessageContent;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.identity.TrustStore;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.HeaderCodec;
import io.dialogsecurity.wire.StaticHeaders;
import io.dialogsecurity.wire.WireFormat;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Makes an attack's envelope from what was captured, and from certificates an attacker may well have. */
final class Forger {

    private static final int UNKNOWN_SUITE = 99;
    private static final int BYTES_CUT_OFF = 7;
    private static final Duration AGE_OF_RECORDING = Duration.ofDays(2);

    private final Pki pki;

    Forger(Pki pki) {
        this.pki = pki;
    }

    /**
     * The envelope, or null for a message that is none.
     *
     * @param captured an envelope sealed for {@code orders} that nobody has used yet
     * @param other one of another dialog, with the same sender and receiver
     * @param elsewhere one sealed for another address, for the same receiver among others
     */
    byte[] envelope(Attack attack, byte[] captured, byte[] other, byte[] elsewhere)
            throws EnvelopeFormatException, IOException {
        EnvelopeFrame frame = EnvelopeFrame.read(captured, 0, captured.length);
        return switch (attack) {
            case TAMPERED_BODY -> flipped(captured, frame.bodyOffset());
            // the first eight bytes after the layer's frame; a high one, so that it is a number not used yet
            case TAMPERED_SEQUENCE -> flipped(captured, frame.messageOffset() + WireFormat.FRAME_BYTES + 5);
            case TAMPERED_DIALOG_KEY -> flipped(captured, frame.messageOffset() - WireFormat.COMMITMENT_BYTES - 1);
            case TAMPERED_KEK -> flipped(captured, endOfKeyExchangeKeyHeader(frame) - 1);
            case TRUNCATED -> Arrays.copyOf(captured, captured.length - BYTES_CUT_OFF);
            case UNKNOWN_SUITE -> {
                byte[] changed = captured.clone();
                changed[WireFormat.SUITE_OFFSET + 1] = UNKNOWN_SUITE;
                yield changed;
            }
            case REPLAYED_ENVELOPE, UNENTITLED -> captured;
            case REPLAYED_NUMBER -> flipped(captured, WireFormat.MIC_OFFSET);
            case OLD ->
                sealed(
                        Service.ORDER_ENTRY.title(),
                        InstantSource.offset(InstantSource.system(), AGE_OF_RECORDING.negated()));
            case SPLICED -> spliced(frame, EnvelopeFrame.read(other, 0, other.length));
            case REDIRECTED -> elsewhere;
            case PLAINTEXT -> null;
            case UNAUTHORISED -> sealed(Pki.MALLORY, InstantSource.system());
            case REVOKED -> sealed(Pki.DISMISSED, InstantSource.system());
            case IMPOSTOR -> sealed(Pki.IMPOSTOR, InstantSource.system());
            case FORGED_KEK -> withAnotherKeyExchangeKey(frame);
        };
    }

    private static byte[] flipped(byte[] envelope, int at) {
        byte[] changed = envelope.clone();
        changed[at] ^= 1;
        return changed;
    }

    private static int endOfKeyExchangeKeyHeader(EnvelopeFrame frame) throws EnvelopeFormatException {
        StaticHeaders headers = frame.staticHeaders();
        return frame.headersOffset()
                + HeaderCodec.encode(headers.servicePair()).length
                + HeaderCodec.encode(headers.keyExchangeKey()).length;
    }

    /** Preamble and layers 2 to 4 of the one, message header and body of the other. */
    private static byte[] spliced(EnvelopeFrame headers, EnvelopeFrame body) {
        return joined(
                Arrays.copyOfRange(headers.array(), headers.offset(), headers.messageOffset()),
                Arrays.copyOfRange(body.array(), body.messageOffset(), body.end()));
    }

    /** Mallory's own envelope to the same target, with order entry's signed service-pair header in place of hers. */
    private byte[] withAnotherKeyExchangeKey(EnvelopeFrame captured) throws EnvelopeFormatException, IOException {
        byte[] hers = sealed(Pki.MALLORY, InstantSource.system());
        EnvelopeFrame frame = EnvelopeFrame.read(hers, 0, hers.length);
        byte[] pair = HeaderCodec.encode(captured.staticHeaders().servicePair());
        int herPair = HeaderCodec.encode(frame.staticHeaders().servicePair()).length;
        byte[] forged = joined(
                Arrays.copyOf(hers, frame.headersOffset()),
                pair,
                Arrays.copyOfRange(hers, frame.headersOffset() + herPair, hers.length));
        int length = frame.headersLength() - herPair + pair.length;
        for (int i = 0; i < Integer.BYTES; i++) {
            forged[WireFormat.HEADER_LENGTH_OFFSET + i] = (byte) (length >>> (8 * (Integer.BYTES - 1 - i)));
        }
        return forged;
    }

    private byte[] sealed(String identityName, InstantSource clock) throws IOException {
        // An attacker believes whom it needs.
        List<X509Certificate> anchors = new ArrayList<>(IdentityLoader.loadCertificates(pki.anchor()));
        anchors.addAll(IdentityLoader.loadCertificates(pki.impostorsAnchor()));
        TrustStore trust = TrustStore.of(anchors, List.of(), Set.of());
        ListedCertificates known = ListedCertificates.of(
                List.of(IdentityLoader.loadCertificate(pki.certificate(Service.INVENTORY.title()))));
        try (ServiceIdentity identity =
                        IdentityLoader.load(pki.keyStore(identityName), pki.password(identityName), null);
                DialogEndpoint endpoint = DialogEndpoint.builder(identity, new TrustContext(trust, known))
                        .policy(EndpointPolicy.defaults().preferring(Suite.SUITE_2))
                        .clock(clock)
                        .build();
                DialogSealer sealer = endpoint.begin(Set.of(Service.INVENTORY.serviceName()))) {
            return sealer.seal(MessageContent.text(text(identityName)), Lane.ORDERS.address());
        }
    }

    /** What an attacker's own messages say. */
    static String text(String from) {
        return "from-" + from;
    }

    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
