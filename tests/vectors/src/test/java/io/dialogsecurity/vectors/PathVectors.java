package io.dialogsecurity.vectors;

import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_EXPIRED;
import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_REVOKED;
import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_UNSUITABLE;
import static io.dialogsecurity.dialog.Rejection.CERTIFICATE_UNTRUSTED;
import static io.dialogsecurity.vectors.ReferenceSealer.NOW;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.vectors.ReferenceSealer.Dialog;
import io.dialogsecurity.vectors.ReferenceSealer.Message;
import io.dialogsecurity.vectors.ReferenceSealer.Pair;
import io.dialogsecurity.wire.Layer;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/** Step 2 on certificates and paths: one rule broken in each, or just kept. */
final class PathVectors {

    private static final String GROUP = "paths";

    private final VectorGenerator out;
    private final VectorPki.Identity shipping = VectorKeys.of("shipping-2");
    private final X509Certificate root =
            VectorPki.readCertificates(VectorRun.file(PathKeys.TRUST)).get(0);

    PathVectors(VectorGenerator out) {
        this.out = out;
    }

    void write() throws IOException {
        intermediates();
        validity();
        chains();
        services();
        rsa();
        anchors();
        revocation();
        repliers();
        senders();
    }

    private static Case from(String identity, String title) {
        return from(PathKeys.of(identity), title, NOW);
    }

    private static Case from(VectorPki.Identity initiator, String title, Instant created) {
        int suite = initiator.suite();
        byte[] envelope = new Message(new Dialog(new Pair(initiator, VectorKeys.of("shipping", suite))))
                .text("Order 4711")
                .created(created)
                .seal();
        return new Case(title, envelope).at("shipping", suite).with("trust", PathKeys.TRUST);
    }

    private void opens(String name, Case scenario) throws IOException {
        out.positive(GROUP, name, scenario);
    }

    private void refused(String name, Case scenario, Rejection code) throws IOException {
        out.negative(GROUP, name, scenario, code, Layer.SERVICE_PAIR_HEADER);
    }

    private void opens(String identity, String title) throws IOException {
        opens(identity, from(identity, title));
    }

    private void refused(String identity, String title, Rejection code) throws IOException {
        refused(identity, from(identity, title), code);
    }

    private void intermediates() throws IOException {
        opens("intermediate", "an intermediate with nothing wrong about it");
        refused("no-authority", "an intermediate that is not a CA", CERTIFICATE_UNTRUSTED);
        refused("no-basic-constraints", "an intermediate without basic constraints", CERTIFICATE_UNTRUSTED);
        refused("no-cert-sign", "an intermediate whose key usage lacks keyCertSign", CERTIFICATE_UNTRUSTED);
        opens("no-key-usage", "an intermediate without a key usage extension");
        refused("intermediate-critical", "an intermediate with an unknown critical extension", CERTIFICATE_UNTRUSTED);
        opens("intermediate-uncritical", "an intermediate with an unknown extension that is not critical");
        refused("intermediate-sha1", "an intermediate signed with SHA-1", CERTIFICATE_UNSUITABLE);
        refused("intermediate-rsa-2047", "an intermediate with an RSA key of 2047 bits", CERTIFICATE_UNSUITABLE);
        opens("intermediate-rsa-2048", "an intermediate with an RSA key of 2048 bits");
        refused("intermediate-p-224", "an intermediate with a key on P-224", CERTIFICATE_UNSUITABLE);
        opens("name-permitted", "an intermediate that may issue for this name");
        refused("name-not-permitted", "an intermediate that may issue for another name only", CERTIFICATE_UNTRUSTED);
        refused("name-excluded", "an intermediate that may not issue for this name", CERTIFICATE_UNTRUSTED);
        refused(
                "policy-required",
                "an intermediate that requires certificate policies, and the certificate has none",
                CERTIFICATE_UNTRUSTED);
        refused("path-length-0", "two intermediates where the upper one allows none below it", CERTIFICATE_UNTRUSTED);
        opens("path-length-1", "two intermediates where the upper one allows one below it");
    }

    private void validity() throws IOException {
        Duration instant = Duration.ofMillis(1);
        for (String who : List.of("moment", "intermediate-moment")) {
            String whose = who.equals("moment") ? "the certificate" : "the intermediate";
            VectorPki.Identity identity = PathKeys.of(who);
            opens(who, from(identity, "sealed at the one instant at which " + whose + " is valid", NOW));
            refused(
                    who + "-before",
                    from(identity, "sealed a millisecond before " + whose + " begins", NOW.minus(instant)),
                    CERTIFICATE_EXPIRED);
            refused(
                    who + "-after",
                    from(identity, "sealed a millisecond after " + whose + " ends", NOW.plus(instant)),
                    CERTIFICATE_EXPIRED);
        }
    }

    private void chains() throws IOException {
        VectorPki.Identity below = PathKeys.of("intermediate");
        List<X509Certificate> path = below.certificates();
        opens(
                "root-at-the-end",
                from(PathKeys.with(below, path.get(1), root), "the trust anchor at the end of the certificates", NOW));
        VectorPki.Identity service = PathKeys.of("service");
        refused(
                "surplus",
                from(PathKeys.with(service, path.get(1)), "a certificate that does not belong to the path", NOW),
                CERTIFICATE_UNTRUSTED);
        VectorPki.Identity two = PathKeys.of("path-length-1");
        refused(
                "out-of-order",
                from(
                        PathKeys.with(
                                two,
                                two.certificates().get(2),
                                two.certificates().get(1)),
                        "two intermediates in the wrong order",
                        NOW),
                CERTIFICATE_UNTRUSTED);
        refused("other-issuer-name", "an intermediate with the issuer's key and another name", CERTIFICATE_UNTRUSTED);
        refused("other-issuer-key", "an intermediate with the issuer's name and another key", CERTIFICATE_UNTRUSTED);
        String known = "keys/paths/intermediate.certificate.pem";
        Pair bare = new Pair(below, shipping);
        bare.certificates = List.of();
        opens(
                "known-path",
                new Case(
                                "no certificate in the envelope; the receiver has it with its intermediate",
                                new Message(new Dialog(bare)).text("Order 4711").seal())
                        .with("trust", PathKeys.TRUST)
                        .with("certificate", known));
        Pair alone = new Pair(below, shipping);
        alone.certificates = path.subList(0, 1);
        refused(
                "known-path-unused",
                new Case(
                                "the certificate in the envelope, its intermediate only with the receiver",
                                new Message(new Dialog(alone))
                                        .text("Order 4711")
                                        .seal())
                        .with("trust", PathKeys.TRUST)
                        .with("certificate", known),
                CERTIFICATE_UNTRUSTED);
    }

    private void services() throws IOException {
        refused("critical", "a certificate with an unknown critical extension", CERTIFICATE_UNTRUSTED);
        opens("extended-usage", "a critical extended key usage, for servers of TLS, which nobody looks at");
        refused("sha1", "a certificate signed with SHA-1", CERTIFICATE_UNSUITABLE);
        refused("authority", "the service's certificate is one of a CA", CERTIFICATE_UNSUITABLE);
        opens("no-usage", "a certificate without a key usage extension");
        refused("no-agreement-key", "an Ed25519 key, and no X25519 key beside it", CERTIFICATE_UNSUITABLE);
        refused("agreement-key-short", "an X25519 key of 31 bytes", CERTIFICATE_UNSUITABLE);
        refused("agreement-key-critical", "the extension with the X25519 key is critical", CERTIFICATE_UNTRUSTED);
        refused("two-names", "a subject with two common names", CERTIFICATE_UNSUITABLE);
        refused("two-names-in-one", "two common names in one element of the subject", CERTIFICATE_UNSUITABLE);
        refused("no-name", "a subject without a common name", CERTIFICATE_UNSUITABLE);
    }

    private void rsa() throws IOException {
        opens("rsa", "an RSA key of 3072 bits");
        refused("rsa-3071", "an RSA key of 3071 bits", CERTIFICATE_UNSUITABLE);
        refused("rsa-no-encipherment", "an RSA key that is not for keyEncipherment", CERTIFICATE_UNSUITABLE);
        refused("rsa-no-signature", "an RSA key that is not for digitalSignature", CERTIFICATE_UNSUITABLE);
        opens("rsa-no-usage", "an RSA certificate without a key usage extension");
        opens("rsa-exponent-3", "an RSA key with the public exponent 3");
        refused("rsa-exponent-65-bits", "an RSA key with a public exponent of 65 bits", CERTIFICATE_UNSUITABLE);
        refused("rsassa-pss", "an RSA key for RSASSA-PSS alone, which cannot unwrap", CERTIFICATE_UNSUITABLE);
    }

    private void anchors() throws IOException {
        opens(
                "anchor-ended",
                from("of-ended-root", "the trust anchor has ended").with("trust", PathKeys.file("root-ended")));
        opens(
                "anchor-path-length-0",
                from("of-bounded-root", "an intermediate below a trust anchor whose path length is 0")
                        .with("trust", PathKeys.file("root-path-length-0")));
        refused(
                "anchor-no-authority",
                from("of-pinned", "issued by a trust anchor that is not a CA")
                        .with("trust", PathKeys.file("pinned-issuer")),
                CERTIFICATE_UNTRUSTED);
        refused(
                "anchor-no-cert-sign",
                from("of-root-no-cert-sign", "issued by a trust anchor whose key usage lacks keyCertSign")
                        .with("trust", PathKeys.file("root-no-cert-sign")),
                CERTIFICATE_UNTRUSTED);
        opens(
                "anchors-of-one-name",
                from("service", "two trust anchors of one name, the second of which issued the certificate")
                        .with("trust", PathKeys.file("roots")));
        VectorPki.Identity pinned = PathKeys.of("pinned");
        String trust = "keys/paths/pinned.certificate.pem";
        opens(
                "pinned",
                from(pinned, "the trust anchor is the service's own certificate", NOW)
                        .with("trust", trust));
        refused(
                "pinned-before",
                from(pinned, "sealed a millisecond before the pinned certificate begins", NOW.minusMillis(1))
                        .with("trust", trust),
                CERTIFICATE_EXPIRED);
        refused(
                "pinned-after",
                from(pinned, "sealed a millisecond after the pinned certificate ends", NOW.plusMillis(1))
                        .with("trust", trust),
                CERTIFICATE_EXPIRED);
    }

    private void revocation() throws IOException {
        String listed = "revoked";
        refused(
                "revoked",
                from(listed, "on the revocation list").with("crl", PathKeys.file("revoked.crl")),
                CERTIFICATE_REVOKED);
        refused(
                "revoked-outdated-list",
                from(listed, "on a revocation list that is past its next update")
                        .with("crl", PathKeys.file("outdated.crl")),
                CERTIFICATE_REVOKED);
        refused(
                "revoked-later",
                from(listed, "revoked after the message was sealed")
                        .with("crl", PathKeys.file("later.crl"))
                        .clock(NOW.plus(Duration.ofDays(2))),
                CERTIFICATE_REVOKED);
        opens(
                "removed-from-list",
                from(listed, "on the revocation list with the reason removeFromCRL")
                        .with("crl", PathKeys.file("removed.crl")));
        opens(
                "list-of-a-stranger",
                from(listed, "a serial on the revocation list of somebody else")
                        .with("crl", PathKeys.file("stranger.crl")));
        refused(
                "revoked-fingerprint",
                from("service", "revoked by its fingerprint").with("revoked", fingerprint("service", 0)),
                CERTIFICATE_REVOKED);
        refused(
                "intermediate-revoked",
                from("intermediate-revoked", "an intermediate on the revocation list of the root")
                        .with("crl", PathKeys.file("revoked.crl")),
                CERTIFICATE_REVOKED);
        refused(
                "intermediate-revoked-fingerprint",
                from("intermediate", "an intermediate revoked by its fingerprint")
                        .with("revoked", fingerprint("intermediate", 1)),
                CERTIFICATE_REVOKED);
        refused(
                "revoked-by-intermediate",
                from("issuing-listed", "on the revocation list of the intermediate")
                        .with("crl", PathKeys.file("issuing.own.crl")),
                CERTIFICATE_REVOKED);
        opens(
                "list-of-intermediate",
                from("issuing-unlisted", "not on the revocation list of the intermediate")
                        .with("crl", PathKeys.file("issuing.own.crl")));
        refused(
                "list-not-signed-by-intermediate",
                from("issuing-unlisted", "a revocation list in the intermediate's name, signed by somebody else")
                        .with("crl", PathKeys.file("issuing.foreign.crl")),
                CERTIFICATE_UNTRUSTED);
        opens(
                "lists-one-signed-by-intermediate",
                from("issuing-unlisted", "two revocation lists in the intermediate's name, one of them its own")
                        .with("crl", PathKeys.file("issuing.both.crl")));
    }

    private static String fingerprint(String identity, int index) {
        X509Certificate certificate = PathKeys.of(identity).certificates().get(index);
        return HexFormat.of().formatHex(ReferenceCrypto.sha256(VectorPki.encoded(certificate)));
    }

    /** A target that replies in a pair of one, where nothing but the keys says who it is. */
    private void repliers() throws IOException {
        refused(
                "replier-revoked",
                reply("billing-revoked", "the only target replies; it is on the revocation list, and not known", NOW)
                        .with("crl", PathKeys.file("revoked.crl")),
                CERTIFICATE_REVOKED);
        refused(
                "replier-revoked-fingerprint",
                reply("billing-moment", "the only target replies; it is revoked by its fingerprint, and not known", NOW)
                        .with("revoked", fingerprint("billing-moment", 0)),
                CERTIFICATE_REVOKED);
        Instant after = NOW.plusMillis(1);
        opens(
                "replier-unknown-ended",
                reply(
                        "billing-moment",
                        "the only target replies; its certificate, which nobody has, has ended",
                        after));
        String known = "keys/paths/billing-moment.certificate.pem";
        opens(
                "replier-known",
                reply("billing-moment", "the only target replies; its certificate is known", NOW)
                        .with("certificate", known));
        refused(
                "replier-known-ended",
                reply("billing-moment", "the only target replies; its certificate is known, and has ended", after)
                        .with("certificate", known),
                CERTIFICATE_EXPIRED);
    }

    private static Case reply(String target, String title, Instant created) {
        Pair pair = new Pair(PathKeys.of("service"), PathKeys.of(target));
        return new Case(
                        title,
                        new Message(new Dialog(pair).replyFrom(1))
                                .text("done")
                                .to("replies")
                                .created(created)
                                .seal())
                .with("receiver", PathKeys.file("service"))
                .with("trust", PathKeys.TRUST)
                .with("received-at", "replies");
    }

    /** A target among several, which signs: its certificate is judged by the same rules. */
    private void senders() throws IOException {
        sender("sender", "service", "a target signs", null);
        sender(
                "sender-authority",
                "authority",
                "a target signs; its certificate is one of a CA",
                CERTIFICATE_UNSUITABLE);
        sender("sender-ended", "moment", "a target signs after its certificate has ended", CERTIFICATE_EXPIRED);
        sender("sender-rsa-weak", "rsa-3071", "a target signs, with a weak key", CERTIFICATE_UNSUITABLE);
        sender("sender-two-names", "two-names", "a target signs; its subject has two names", CERTIFICATE_UNSUITABLE);
        sender(
                "sender-intermediate-no-authority",
                "no-authority",
                "a target signs; its intermediate is not a CA",
                CERTIFICATE_UNTRUSTED);
    }

    private void sender(String name, String identity, String title, Rejection code) throws IOException {
        VectorPki.Identity sender = PathKeys.of(identity);
        int suite = sender.suite();
        Pair pair = new Pair(
                suite == 2 ? PathKeys.of("name-permitted") : PathKeys.of("rsa"),
                VectorKeys.of("shipping", suite),
                sender);
        Case scenario = new Case(
                        title,
                        new Message(new Dialog(pair).replyFrom(2))
                                .text("done")
                                .to("replies")
                                .created(code == CERTIFICATE_EXPIRED ? NOW.plusMillis(1) : NOW)
                                .seal())
                .with("receiver", suite == 2 ? PathKeys.file("name-permitted") : PathKeys.file("rsa"))
                .with("trust", PathKeys.TRUST)
                .with("received-at", "replies");
        if (code == null) {
            opens(name, scenario);
        } else {
            out.negative(GROUP, name, scenario, code, Layer.SENDER_SIGNATURE);
        }
    }
}
