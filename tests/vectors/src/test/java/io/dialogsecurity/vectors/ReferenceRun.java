package io.dialogsecurity.vectors;

import io.dialogsecurity.vectors.ReferenceOpener.Result;
import io.dialogsecurity.vectors.ReferenceOpener.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** What {@link ReferenceOpener} makes of a vector: of all checks, or of all but one. */
final class ReferenceRun {

    private static final List<String> LAYERS = List.of(
            "SECURITY_PREAMBLE",
            "SERVICE_PAIR_HEADER",
            "KEY_EXCHANGE_KEY_HEADER",
            "DIALOG_SESSION_KEY_HEADER",
            "MESSAGE_HEADER",
            "BODY",
            "SENDER_SIGNATURE",
            "CHUNK",
            "LAST_CHUNK");

    /** Files are read once. */
    private static final Map<String, VectorPki.Identity> IDENTITIES = new ConcurrentHashMap<>();

    private static final Map<String, List<X509Certificate>> CERTIFICATES = new ConcurrentHashMap<>();

    /**
     * What became of a vector.
     *
     * @param code the rejection, {@code OPENED}, or what an opener that leaves a check out falls over
     * @param layer that noticed, or empty
     * @param guard the rejection of a guard, or {@code passes}
     * @param result what was opened, or null
     * @param mattered the checks that decided something
     * @param edges the limits that were met
     */
    record Verdict(
            String code, String layer, String guard, Result result, Set<Check> mattered, Set<Checks.Edge> edges) {

        /** Whether somebody who looks at the outcome alone sees a difference. */
        boolean differsFrom(Verdict other) {
            return !code.equals(other.code) || !guard.equals(other.guard) || !said().equals(other.said());
        }

        private String said() {
            return result == null
                    ? ""
                    : result.arrival()
                            + result.destination()
                            + result.contentType()
                            + Values.entries(result.properties())
                            + Arrays.hashCode(result.payload());
        }
    }

    private final Vector vector;
    private final Surroundings around;

    ReferenceRun(Vector vector) {
        this.vector = vector;
        long now = Instant.parse(vector.get("clock")).toEpochMilli();
        this.around = new Surroundings(
                IDENTITIES.computeIfAbsent(
                        vector.get("receiver"), name -> VectorPki.readIdentity(VectorRun.file(name))),
                new ReferenceTrust(
                        certificates(vector.get("trust")),
                        lists(vector.find("crl")),
                        new HashSet<>(vector.all("revoked")),
                        ReferenceTrust.byFingerprint(vector.all("certificate").stream()
                                .map(ReferenceRun::certificates)
                                .toList()),
                        now),
                now,
                vector.get("received-at"),
                Arrays.stream(vector.get("suites-accepted").split(" "))
                        .map(Integer::valueOf)
                        .collect(Collectors.toSet()),
                vector.find("group").equals(Optional.of("accepted")),
                vector.find("gaps").equals(Optional.of("refused")),
                vector.has("streamed"));
    }

    private static List<X509Certificate> certificates(String file) {
        return CERTIFICATES.computeIfAbsent(file, name -> VectorPki.readCertificates(VectorRun.file(name)));
    }

    private static List<X509CRL> lists(Optional<String> file) {
        if (file.isEmpty()) {
            return List.of();
        }
        try {
            Collection<? extends CRL> lists = CertificateFactory.getInstance("X.509")
                    .generateCRLs(new ByteArrayInputStream(Files.readAllBytes(VectorRun.file(file.get()))));
            return lists.stream().map(X509CRL.class::cast).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With all checks; throws what the opener throws. */
    Result open() throws GeneralSecurityException {
        return open(new Checks(null));
    }

    private Result open(Checks checks) throws GeneralSecurityException {
        ReferenceOpener opener = new ReferenceOpener(around, checks);
        for (String earlier : vector.all("received-before")) {
            opener.open(HexFormat.of().parseHex(earlier));
        }
        return opener.open(vector.bytes("envelope"));
    }

    /** @param off the check that is left out, or null */
    Verdict verdict(Check off) {
        Checks checks = new Checks(off);
        String code = "OPENED";
        String layer = "";
        Result result = null;
        try {
            result = open(checks);
        } catch (Checks.Refused e) {
            code = e.code;
            layer = LAYERS.get(e.layer - 1);
        } catch (GeneralSecurityException | RuntimeException e) {
            code = "FALLS OVER: " + e;
        }
        Checks guardsChecks = new Checks(off);
        String guard = guard(guardsChecks);
        Set<Check> mattered = EnumSet.noneOf(Check.class);
        mattered.addAll(checks.mattered());
        mattered.addAll(guardsChecks.mattered());
        Set<Checks.Edge> edges = new HashSet<>(checks.edges());
        edges.addAll(guardsChecks.edges());
        return new Verdict(code, layer, guard, result, mattered, edges);
    }

    private String guard(Checks checks) {
        try {
            new ReferenceOpener(around, checks).guard(vector.bytes("envelope"));
            return "passes";
        } catch (Checks.Refused e) {
            return "refuses " + e.code;
        } catch (GeneralSecurityException | RuntimeException e) {
            return "falls over: " + e;
        }
    }
}
