package io.dialogsecurity.vectors;

import static io.dialogsecurity.vectors.VectorKeys.FROM;
import static io.dialogsecurity.vectors.VectorKeys.TO;

import io.dialogsecurity.vectors.PathPki.Authority;
import io.dialogsecurity.vectors.PathPki.Making;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** The identities and revocation lists in {@code keys/paths}, sound and unsound ones. Each is made once and kept. */
final class PathKeys {

    static final String TRUST = "keys/paths/root.pem";

    private static final String DIRECTORY = "paths/";
    private static final String SERVICE = "CN=order-entry";
    private static final String ISSUING = "CN=Path Issuing";
    private static final Instant NOW = ReferenceSealer.NOW;
    private static final Instant YESTERDAY = NOW.minus(Duration.ofDays(1));
    private static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));
    private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.3.6.1.4.1.55555.1");
    private static final BigInteger SERIAL = BigInteger.valueOf(4711);

    /** The RSA keys of a kind are one: they take seconds to make. */
    private KeyPair rsa;

    private PathKeys() {}

    static VectorPki.Identity of(String name) {
        return VectorKeys.of(DIRECTORY + name);
    }

    static String file(String name) {
        return "keys/" + DIRECTORY + name + ".pem";
    }

    /** Makes those that are not there. */
    static void make() {
        new PathKeys().makeAll();
    }

    private void identity(String name, Supplier<VectorPki.Identity> maker) {
        if (!Files.exists(VectorRun.file(file(name)))) {
            VectorKeys.identity(DIRECTORY + name, maker.get());
        }
    }

    private void service(String name, Authority issuer, UnaryOperator<Making> change) {
        identity(name, () -> change.apply(Making.service(SERVICE).by(issuer)).identity());
    }

    /** A sound service below an intermediate that is changed. */
    private void below(String name, Authority root, UnaryOperator<Making> change) {
        identity(
                name,
                () -> Making.service(SERVICE)
                        .by(change.apply(Making.authority(ISSUING).by(root)).issuing())
                        .identity());
    }

    private Authority root(String name, UnaryOperator<Making> change) {
        Path certificate = VectorRun.file(file(name));
        Path key = VectorRun.file(file(name + ".key"));
        if (!Files.exists(certificate)) {
            Making making = change.apply(Making.authority("CN=Path Root"));
            Authority made = making.issuing();
            VectorKeys.write(DIRECTORY + name, VectorPki.certificatesPem(List.of(made.certificate())));
            VectorKeys.write(
                    DIRECTORY + name + ".key",
                    VectorPki.privateKeyPem(made.key().getPrivate()));
        }
        X509Certificate read = VectorPki.readCertificates(certificate).get(0);
        return Authority.root(read, new KeyPair(read.getPublicKey(), VectorPki.readPrivateKey("EC", key)));
    }

    private KeyPair rsa() {
        if (rsa == null) {
            rsa = PathPki.rsa(3072);
        }
        return rsa;
    }

    private void makeAll() {
        Authority root = root("root", making -> making);
        intermediates(root);
        longPaths(root);
        services(root);
        rsaKeys(root);
        anchors(root);
        lists(root);
    }

    private void intermediates(Authority root) {
        below("intermediate", root, making -> making);
        below(
                "no-authority",
                root,
                making -> making.with(Extension.basicConstraints, true, new BasicConstraints(false)));
        below("no-basic-constraints", root, making -> making.without(Extension.basicConstraints));
        below("no-cert-sign", root, making -> making.usage(KeyUsage.cRLSign));
        below("no-key-usage", root, making -> making.without(Extension.keyUsage));
        below("intermediate-critical", root, making -> making.with(UNKNOWN, true, DERNull.INSTANCE));
        below("intermediate-uncritical", root, making -> making.with(UNKNOWN, false, DERNull.INSTANCE));
        below("intermediate-moment", root, making -> making.valid(NOW, NOW));
        below("intermediate-sha1", root, making -> making.algorithm("SHA1withECDSA"));
        below("intermediate-revoked", root, making -> making.serial(SERIAL));
        for (int bits : new int[] {2047, 2048}) {
            identity(
                    "intermediate-rsa-" + bits,
                    () -> Making.service(SERVICE)
                            .by(Making.authority(ISSUING, PathPki.rsa(bits))
                                    .by(root)
                                    .issuing())
                            .identity());
        }
        identity(
                "intermediate-p-224",
                () -> Making.service(SERVICE)
                        .by(Making.authority(ISSUING, PathPki.generate("EC", new ECGenParameterSpec("secp224r1")))
                                .by(root)
                                .issuing())
                        .identity());
        below(
                "name-permitted",
                root,
                making -> making.with(Extension.nameConstraints, true, new NameConstraints(subtree(SERVICE), null)));
        below(
                "name-not-permitted",
                root,
                making -> making.with(
                        Extension.nameConstraints, true, new NameConstraints(subtree("CN=shipping"), null)));
        below(
                "name-excluded",
                root,
                making -> making.with(Extension.nameConstraints, true, new NameConstraints(null, subtree(SERVICE))));
        below(
                "policy-required",
                root,
                making -> making.with(
                        Extension.policyConstraints,
                        true,
                        new DERSequence(new DERTaggedObject(false, 0, new ASN1Integer(0)))));
    }

    private static GeneralSubtree[] subtree(String name) {
        return new GeneralSubtree[] {new GeneralSubtree(new GeneralName(new X500Name(name)))};
    }

    private void longPaths(Authority root) {
        for (int length = 0; length < 2; length++) {
            int constraint = length;
            identity("path-length-" + length, () -> {
                Authority upper = Making.authority("CN=Path Upper")
                        .by(root)
                        .pathLength(constraint)
                        .issuing();
                return Making.service(SERVICE)
                        .by(Making.authority(ISSUING).by(upper).issuing())
                        .identity();
            });
        }
        identity("other-issuer-name", () -> {
            Authority named = Making.authority(ISSUING).by(root).issuing();
            X509Certificate other =
                    Making.authority("CN=Path Other", named.key()).by(root).certificate();
            return Making.service(SERVICE)
                    .by(new Authority(named.name(), named.key(), other, List.of(other)))
                    .identity();
        });
        identity(
                "other-issuer-key",
                () -> Making.service(SERVICE)
                        .by(Making.authority(ISSUING).by(root).issuing())
                        .signedWith(PathPki.generate("EC", new ECGenParameterSpec("secp256r1"))
                                .getPrivate())
                        .identity());
        // Six certificates of 16384 bytes each.
        identity("large", () -> {
            Authority issuer = root;
            for (int i = 5; i > 0; i--) {
                issuer = filled(Making.authority("CN=Path Large " + i).by(issuer), Making::issuing);
            }
            return filled(Making.service(SERVICE).by(issuer), Making::identity);
        });
    }

    /** Made with an extension that fills its certificate up to the largest size; ECDSA signatures vary in length. */
    private static <T> T filled(Making making, Function<Making, T> made) {
        int filling = 16_384 - VectorPki.encoded(making.certificate()).length - 40;
        for (int attempt = 0; attempt < 1000; attempt++) {
            making.with(UNKNOWN, false, new DEROctetString(new byte[filling]));
            T result = made.apply(making);
            X509Certificate certificate = result instanceof Authority authority
                    ? authority.certificate()
                    : ((VectorPki.Identity) result).certificate();
            int missing = 16_384 - VectorPki.encoded(certificate).length;
            if (missing == 0) {
                return result;
            }
            if (Math.abs(missing) > 3) {
                filling += missing;
            }
        }
        throw new IllegalStateException("no certificate became exactly as large as it may be");
    }

    private void services(Authority root) {
        service("service", root, making -> making);
        service("critical", root, making -> making.with(UNKNOWN, true, DERNull.INSTANCE));
        service(
                "extended-usage",
                root,
                making -> making.with(
                        Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth)));
        service("moment", root, making -> making.valid(NOW, NOW));
        service("sha1", root, making -> making.algorithm("SHA1withECDSA"));
        service("authority", root, making -> making.with(Extension.basicConstraints, true, new BasicConstraints(true)));
        service("no-usage", root, making -> making.without(Extension.keyUsage));
        service("no-agreement-key", root, making -> making.without(PathPki.SECOND_KEY));
        service(
                "agreement-key-critical",
                root,
                making -> making.with(PathPki.SECOND_KEY, true, agreementKey(new byte[32])));
        service(
                "agreement-key-short",
                root,
                making -> making.with(PathPki.SECOND_KEY, false, agreementKey(new byte[31])));
        identity(
                "two-names",
                () -> Making.service("CN=order-entry,CN=shipping").by(root).identity());
        identity(
                "two-names-in-one",
                () -> Making.service("CN=order-entry+CN=shipping").by(root).identity());
        identity("no-name", () -> Making.service("O=order-entry").by(root).identity());
        identity(
                "billing-moment",
                () -> Making.service("CN=billing").by(root).valid(NOW, NOW).identity());
        identity(
                "billing-revoked",
                () -> Making.service("CN=billing").by(root).serial(SERIAL).identity());
        service("revoked", root, making -> making.serial(SERIAL));
    }

    private static ASN1Encodable agreementKey(byte[] key) {
        return new SubjectPublicKeyInfo(new AlgorithmIdentifier(EdECObjectIdentifiers.id_X25519), key);
    }

    private void rsaKeys(Authority root) {
        identity("rsa", () -> Making.service(SERVICE, rsa()).by(root).identity());
        identity(
                "rsa-3071",
                () -> Making.service(SERVICE, PathPki.rsa(3071)).by(root).identity());
        identity(
                "rsa-no-encipherment",
                () -> Making.service(SERVICE, rsa())
                        .by(root)
                        .usage(KeyUsage.digitalSignature)
                        .identity());
        identity(
                "rsa-no-signature",
                () -> Making.service(SERVICE, rsa())
                        .by(root)
                        .usage(KeyUsage.keyEncipherment)
                        .identity());
        identity(
                "rsa-no-usage",
                () -> Making.service(SERVICE, rsa())
                        .by(root)
                        .without(Extension.keyUsage)
                        .identity());
        identity(
                "rsa-exponent-3",
                () -> Making.service(SERVICE, PathPki.rsa(3072, BigInteger.valueOf(3)))
                        .by(root)
                        .identity());
        identity(
                "rsa-exponent-65-bits",
                () -> Making.service(
                                SERVICE,
                                PathPki.rsa(3072, BigInteger.TWO.pow(64).add(BigInteger.valueOf(13))))
                        .by(root)
                        .identity());
        identity(
                "rsassa-pss",
                () -> Making.service(SERVICE, PathPki.generate("RSASSA-PSS", pssKey()))
                        .by(root)
                        .identity());
    }

    private static AlgorithmParameterSpec pssKey() {
        return new RSAKeyGenParameterSpec(3072, BigInteger.valueOf(65537));
    }

    private void anchors(Authority root) {
        Authority ended = root("root-ended", making -> making.valid(FROM, YESTERDAY));
        service("of-ended-root", ended, making -> making);
        Authority bounded = root("root-path-length-0", making -> making.pathLength(0));
        below("of-bounded-root", bounded, making -> making);
        identity("pinned", () -> Making.service(SERVICE).valid(NOW, NOW).identity());
        // Not a CA's, and yet somebody has it among the anchors.
        Authority pinned = root(
                "pinned-issuer", making -> making.with(Extension.basicConstraints, true, new BasicConstraints(false)));
        service("of-pinned", pinned, making -> making);
        Authority signless = root("root-no-cert-sign", making -> making.usage(KeyUsage.cRLSign));
        service("of-root-no-cert-sign", signless, making -> making);
        Authority other = root("other-root", making -> making);
        if (!Files.exists(VectorRun.file(file("roots")))) {
            VectorKeys.write(
                    DIRECTORY + "roots", VectorPki.certificatesPem(List.of(other.certificate(), root.certificate())));
        }
    }

    private void list(String name, Supplier<List<String>> lists) {
        if (!Files.exists(VectorRun.file(file(name)))) {
            VectorKeys.write(DIRECTORY + name, String.join("", lists.get()));
        }
    }

    private void lists(Authority root) {
        list("revoked.crl", () -> List.of(revoking(root, SERIAL, YESTERDAY, TO, CRLReason.keyCompromise)));
        list("outdated.crl", () -> List.of(revoking(root, SERIAL, YESTERDAY, YESTERDAY, CRLReason.keyCompromise)));
        list("later.crl", () -> List.of(revoking(root, SERIAL, TOMORROW, TO, CRLReason.superseded)));
        list("removed.crl", () -> List.of(revoking(root, SERIAL, YESTERDAY, TO, CRLReason.removeFromCRL)));
        list("stranger.crl", () -> {
            Authority stranger = Making.authority("CN=Path Stranger").issuing();
            return List.of(revoking(stranger, SERIAL, YESTERDAY, TO, CRLReason.keyCompromise));
        });
        // An intermediate that keeps a list, and what it has issued.
        if (!Files.exists(VectorRun.file(file("issuing.own.crl")))) {
            Authority issuing = Making.authority(ISSUING).by(root).issuing();
            Authority namesake = Making.authority(ISSUING).issuing();
            VectorKeys.identity(
                    DIRECTORY + "issuing-listed",
                    Making.service(SERVICE).by(issuing).serial(SERIAL).identity());
            VectorKeys.identity(
                    DIRECTORY + "issuing-unlisted",
                    Making.service(SERVICE).by(issuing).identity());
            String own = revoking(issuing, SERIAL, YESTERDAY, TO, CRLReason.keyCompromise);
            String foreign = revoking(namesake, BigInteger.ONE, YESTERDAY, TO, CRLReason.keyCompromise);
            list("issuing.foreign.crl", () -> List.of(foreign));
            list("issuing.both.crl", () -> List.of(foreign, own));
            list("issuing.own.crl", () -> List.of(own));
        }
    }

    private static String revoking(Authority issuer, BigInteger serial, Instant at, Instant next, int reason) {
        return VectorPki.revocationList(issuer.name(), issuer.key().getPrivate(), serial, at, next, reason);
    }

    /** The identity with other certificates behind its own. */
    static VectorPki.Identity with(VectorPki.Identity identity, X509Certificate... behind) {
        List<X509Certificate> path = new ArrayList<>(List.of(identity.certificate()));
        path.addAll(Arrays.asList(behind));
        return new VectorPki.Identity(path, identity.signing(), identity.agreement());
    }
}
