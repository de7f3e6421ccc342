package io.dialogsecurity.vectors;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.EndpointPolicy;
import io.dialogsecurity.dialog.EnvelopeGuard;
import io.dialogsecurity.dialog.EnvelopeStreamException;
import io.dialogsecurity.dialog.GuardOutcome;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.OpenedStream;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.StreamOutcome;
import io.dialogsecurity.dialog.TrustContext;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.ListedCertificates;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.identity.TrustStore;
import io.dialogsecurity.state.DerivedCaches;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.Layer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Runs a vector through the product: an endpoint with empty caches and, for what needs no key, a guard. */
final class VectorRun {

    /** Where the vectors and their keys are; tests run in the module's directory. */
    static final Path ROOT = Path.of("").toAbsolutePath();

    private final Vector vector;
    private final Instant clock;
    private final EndpointPolicy policy;
    private final TrustContext trust;

    VectorRun(Vector vector) {
        this.vector = vector;
        this.clock = Instant.parse(vector.get("clock"));
        this.policy = policy(vector);
        List<X509CRL> crls = vector.find("crl")
                .map(VectorRun::file)
                .map(IdentityLoader::loadCrls)
                .orElse(List.of());
        List<ServiceCertificate> known = vector.all("certificate").stream()
                .map(VectorRun::file)
                .map(IdentityLoader::loadCertificate)
                .toList();
        this.trust = new TrustContext(
                TrustStore.of(
                        IdentityLoader.loadCertificates(file(vector.get("trust"))),
                        crls,
                        new HashSet<>(vector.all("revoked"))),
                ListedCertificates.of(known));
    }

    static Path file(String name) {
        return ROOT.resolve(name);
    }

    private static EndpointPolicy policy(Vector vector) {
        Set<Suite> suites = new HashSet<>();
        for (String code : vector.get("suites-accepted").split(" ")) {
            suites.add(Suite.of(Integer.parseInt(code)).orElseThrow());
        }
        EndpointPolicy defaults = EndpointPolicy.defaults();
        return new EndpointPolicy(
                suites,
                suites.iterator().next(),
                vector.find("group").equals(Optional.of("accepted")),
                defaults.embedCertificates(),
                defaults.limits());
    }

    /** What became of it: Rejected, or Opened with its payload. */
    record Outcome(Rejected rejected, Opened opened, byte[] payload) {}

    Outcome open() throws IOException {
        try (DialogEndpoint endpoint = DialogEndpoint.builder(
                        IdentityLoader.load(file(vector.get("receiver")), null, null, clock), trust)
                .policy(policy)
                .clock(() -> clock)
                .build()) {
            for (String earlier : vector.all("received-before")) {
                Outcome before = open(endpoint, HexFormat.of().parseHex(earlier));
                if (before.rejected() != null) {
                    throw new AssertionError("received before, but refused: " + before.rejected());
                }
            }
            return open(endpoint, vector.bytes("envelope"));
        }
    }

    private Outcome open(DialogEndpoint endpoint, byte[] envelope) throws IOException {
        Reception reception = Reception.at(vector.get("received-at"));
        if (vector.find("gaps").equals(Optional.of("refused"))) {
            reception = reception.refusingGaps();
        }
        if (!streamed()) {
            OpenOutcome outcome = endpoint.open(envelope, reception);
            return outcome instanceof Opened opened ? decoded(opened) : new Outcome((Rejected) outcome, null, null);
        }
        StreamOutcome outcome = endpoint.openStream(new ByteArrayInputStream(envelope), reception);
        if (!(outcome instanceof OpenedStream stream)) {
            return new Outcome((Rejected) outcome, null, null);
        }
        try (var payload = stream.payload()) {
            return new Outcome(null, stream.message(), payload.readAllBytes());
        } catch (EnvelopeStreamException e) {
            return new Outcome(e.rejected(), null, null);
        }
    }

    /** Values are decoded when the application asks for them: step 8 ends there. */
    private static Outcome decoded(Opened opened) {
        try {
            switch (opened.kind()) {
                case TEXT -> opened.text();
                case MAP -> opened.map();
                case STREAM -> opened.stream();
                default -> {
                    // octets, or decoded already
                }
            }
            return new Outcome(null, opened, opened.payload());
        } catch (EnvelopeFormatException e) {
            return new Outcome(new Rejected(Rejection.CONTENT_INVALID, Layer.BODY, e.getMessage()), null, null);
        }
    }

    private boolean streamed() {
        return vector.has("streamed");
    }

    /** What the guard says, which has no key. */
    GuardOutcome guard() {
        EnvelopeGuard guard = new EnvelopeGuard(policy, trust, DerivedCaches.none(), () -> clock);
        byte[] envelope = vector.bytes("envelope");
        if (!streamed()) {
            return guard.check(envelope, 0, envelope.length);
        }
        try {
            int head = EnvelopeFrame.headLength(envelope, 0, envelope.length);
            byte[] bytes = Arrays.copyOf(envelope, Math.min(head, envelope.length));
            return guard.checkHead(bytes, 0, bytes.length);
        } catch (EnvelopeFormatException e) {
            return guard.checkHead(envelope, 0, envelope.length);
        }
    }
}
