package io.dialogsecurity.identity;

import static io.dialogsecurity.identity.TestPki.CURVES;
import static io.dialogsecurity.identity.TestPki.END;
import static io.dialogsecurity.identity.TestPki.ISSUING;
import static io.dialogsecurity.identity.TestPki.NOW;
import static io.dialogsecurity.identity.TestPki.ROOT;
import static io.dialogsecurity.identity.TestPki.RSA;
import static io.dialogsecurity.identity.TestPki.START;
import static io.dialogsecurity.identity.TestPki.WEAK_RSA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IdentityLoaderTest {
    private static final char[] PASSWORD = "open sesame".toCharArray();

    @TempDir
    Path directory;

    private Path file(String name) {
        return directory.resolve(name);
    }

    private static IssuedIdentity issued(Suite suite) {
        return suite == Suite.SUITE_1 ? RSA : CURVES;
    }

    private static void fails(ThrowingCallable call, String line) {
        assertThatThrownBy(call)
                .isInstanceOf(IdentityException.class)
                .hasMessage(line)
                .message()
                .doesNotContain("\n", "\r", "sesame");
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    void loadsPkcs12WithItsOnlyAliasAndWithANamedOne(Suite suite) throws IOException {
        issued(suite).writePkcs12(file("id.p12"), PASSWORD, "Service");
        for (String alias : new String[] {null, "Service", "service"}) {
            try (ServiceIdentity identity = IdentityLoader.load(file("id.p12"), PASSWORD, alias, NOW)) {
                assertThat(identity.certificate()).isEqualTo(issued(suite).certificate());
                assertThat(identity.key().supports(suite)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Suite.class)
    void loadsPemPlainAndEncrypted(Suite suite) throws IOException {
        issued(suite).writePem(file("plain.pem"));
        issued(suite).writePem(file("encrypted.pem"), PASSWORD);
        try (ServiceIdentity plain = IdentityLoader.load(file("plain.pem"), null, null, NOW);
                ServiceIdentity encrypted = IdentityLoader.load(file("encrypted.pem"), PASSWORD, null, NOW)) {
            assertThat(plain.serviceName())
                    .isEqualTo(issued(suite).certificate().serviceName());
            assertThat(encrypted.certificate()).isEqualTo(plain.certificate());
        }
        assertThat(Files.readString(file("encrypted.pem")))
                .contains("BEGIN ENCRYPTED PRIVATE KEY")
                .doesNotContain("BEGIN PRIVATE KEY");
    }

    @Test
    void keepsIntermediatesAndLeavesTheRootOut() throws Exception {
        IssuedIdentity deep = ISSUING.issue(new ServiceName("deep"), Suite.SUITE_2, START, END);
        deep.writePem(file("deep.pem"));
        Files.writeString(
                file("deep.pem"),
                IdentityFiles.pem("CERTIFICATE", ROOT.certificate().getEncoded()),
                StandardOpenOption.APPEND);
        try (ServiceIdentity identity = IdentityLoader.load(file("deep.pem"), null, null, NOW)) {
            assertThat(identity.certificate().chain())
                    .containsExactly(deep.certificate().certificate(), ISSUING.certificate());
        }
    }

    @Test
    void textAroundPemBlocksAndCrLfAreNoTrouble() throws IOException {
        RSA.writePem(file("orders.pem"));
        String dressed = "Bag Attributes\r\n    friendlyName: orders\r\n"
                + Files.readString(file("orders.pem")).replace("\n", "\r\n");
        Files.writeString(file("orders.pem"), dressed);
        try (ServiceIdentity identity = IdentityLoader.load(file("orders.pem"), null, null, NOW)) {
            assertThat(identity.serviceName().value()).isEqualTo("orders");
        }
    }

    @Test
    void writesKeysForTheirOwnerOnly() throws IOException {
        if (!Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            return;
        }
        CURVES.writePem(file("key.pem"));
        CURVES.writePkcs12(file("key.p12"), PASSWORD, "billing");
        CURVES.writeCertificate(file("certificate.pem"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("key.pem"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("key.p12"))))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file("certificate.pem"))).doesNotContain("PRIVATE");
    }

    @Test
    void missingFile() {
        fails(
                () -> IdentityLoader.load(file("none.p12"), PASSWORD, null, NOW),
                file("none.p12") + ": does not exist; correct the path or create the file");
    }

    @Test
    void directoryInsteadOfFile() {
        fails(
                () -> IdentityLoader.load(directory, PASSWORD, null, NOW),
                directory + ": is a directory; give the path of a readable file");
    }

    @Test
    void wrongPasswordOfPkcs12() throws IOException {
        CURVES.writePkcs12(file("id.p12"), PASSWORD, "billing");
        for (char[] wrong : new char[][] {"guess".toCharArray(), {}, null}) {
            fails(
                    () -> IdentityLoader.load(file("id.p12"), wrong, null, NOW),
                    file("id.p12") + ": the password is wrong; give the password the file was made with");
        }
    }

    /** What OpenSSL 3 makes with the password "grüße". */
    private static final String OPENSSL_KEY_STORE =
            "MIIDZgIBAzCCAxwGCSqGSIb3DQEHAaCCAw0EggMJMIIDBTCCAhIGCSqGSIb3DQEHBqCCAgMwggH/AgEAMIIB+AYJKoZIhvcNAQcB"
                    + "MFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjMfbB3T87OLAICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELca"
                    + "L2hDWupA98OjqK+VWx2AggGQn5h9kkn2YOI/Impt7VS9ZGZOSKQHH0J4usnIDZwsq4uFnriDV0U1S2ZIEfhN2rRP1DR10jNumgqe"
                    + "6At35yRuwbLlF03m68x/EyazHxHn6AH8uyff4CBqPpb4/mwJ03NBNwh9HPVc3/CUV9G7vRKUcxeUa9OC3HlzQIdjtX6RdXTBbeef"
                    + "bQ5ikbEMWQhwiv8R0t5/y3fMPx3DnPWdHTvy8wiC5DYSJlD+SNCVblmXF5ZjqoO2Ac557UPB0B+g7JH24RFUzBX3P1S8eQ/lxpGM"
                    + "5YR9Fki1QbmYX/JD5IdlxPWuzBBrOkGdBqM5yDCtWJ7RLTOWIJS2LxLAR5augH/q8WnUaQR2OaXDsG4b77Z/M8g651KJnU8eTSJO"
                    + "4dwI21YJQBme1I3uVGWOwhxZ/BTL162Q6AQImvlfi1zGVJ1tkOn52yrkuSYl7vHVJPw8ga0H4Xjh4fP5gCKLkZ0s3xiYBkRqDgFP"
                    + "bAwrY0Cb5ne8Y6DnphcPBLqpg6d8rfqS3iCWDVanqrXsSxslI6ZMoWKeDDCB7AYJKoZIhvcNAQcBoIHeBIHbMIHYMIHVBgsqhkiG"
                    + "9w0BDAoBAqCBnjCBmzBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIxKjWVLHXvAwCAggAMAwGCCqGSIb3DQIJBQAwHQYJ"
                    + "YIZIAWUDBAEqBBCnumWvg1jQC+wX01KiUQv2BEBNusMMiYVL5v8IiLHTJEUrXm1Dy2viQ4Jii9sEGitzBZxOlJ51XlqTLWbDLbu2"
                    + "FGQRChDB/ZqXhnd37DaWLesoMSUwIwYJKoZIhvcNAQkVMRYEFE7zCmN35Bb19Y+6MmUrxHcozj1EMEEwMTANBglghkgBZQMEAgEF"
                    + "AAQgotnrh41nsZiw7B3zJ03w8qwSRKRSP9Q+MwtHfU9fPIQECE2+KUR0TnI8AgIIAA==";

    private static final String OPENSSL_PEM = """
            -----BEGIN CERTIFICATE-----
            MIIBKzCB3qADAgECAhMdcDjsFsvzBvc6kyQFoepiTh8CMAUGAytlcDAMMQowCAYD
            VQQDDAF4MB4XDTI2MTEzMDA0MDYzN1oXDTI2MTIwMTA0MDYzN1owDDEKMAgGA1UE
            AwwBeDAqMAUGAytlcAMhAHenWTkNJACmw5C7noS/vpXDK+9p5vmg3tmFT7/MOyF1
            o1MwUTAdBgNVHQ4EFgQUYZWMe2HI8m2D473JieGC965hCO0wHwYDVR0jBBgwFoAU
            YZWMe2HI8m2D473JieGC965hCO0wDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQB+
            xVVJmrEimuddyvDIpYmj4hHqMEcff+Yn1+qNFpw/A+exakpOLLOwzTCJ/kpTStDn
            qnErmnlEgZzOQxRPyXYH
            -----END CERTIFICATE-----
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgPpSn7KxvMqQICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEE0w4sMGztolYxQpjDkoe2EEQBMv
            rsnFl6rRCmn1eQPWymVLIgVYzxZohSZB4UceD4RSY9zx5SUnkpFNeCyHYrb27Mlu
            qjyOPk1rAwkZm/5Mrt4=
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    @Test
    void passwordBeyondAscii() throws IOException {
        Files.write(file("id.p12"), Base64.getDecoder().decode(OPENSSL_KEY_STORE));
        Files.writeString(file("id.pem"), OPENSSL_PEM);
        for (String name : List.of("id.p12", "id.pem")) {
            fails(
                    () -> IdentityLoader.load(file(name), "grüße".toCharArray(), null, NOW),
                    file(name) + ": the password is wrong, or its characters beyond ASCII, which Java reads in a way of"
                            + " its own, are in the way; give the file a password of letters, digits and signs of ASCII,"
                            + " and that one here");
            fails(
                    () -> IdentityLoader.load(file(name), "guess".toCharArray(), null, NOW),
                    file(name) + ": the password is wrong; give the password the file was made with");
        }
    }

    @Test
    void wrongAndMissingPasswordOfPem() throws IOException {
        CURVES.writePem(file("id.pem"), PASSWORD);
        fails(
                () -> IdentityLoader.load(file("id.pem"), "guess".toCharArray(), null, NOW),
                file("id.pem") + ": the password is wrong; give the password the file was made with");
        fails(
                () -> IdentityLoader.load(file("id.pem"), null, null, NOW),
                file("id.pem") + ": has an encrypted private key and no password was given; give the key's password");
    }

    @Test
    void unreadableContent() throws IOException {
        Files.writeString(file("id.p12"), "this is no key store at all");
        fails(
                () -> IdentityLoader.load(file("id.p12"), PASSWORD, null, NOW),
                file("id.p12") + ": is neither a PKCS#12 key store nor PEM; convert it with"
                        + " 'keytool -importkeystore -deststoretype pkcs12'");
        Files.write(file("empty.p12"), new byte[0]);
        fails(
                () -> IdentityLoader.load(file("empty.p12"), PASSWORD, null, NOW),
                file("empty.p12") + ": is empty; give a PKCS#12 key store or PEM");
    }

    @Test
    void oldJavaKeyStore() throws Exception {
        KeyStore jks = KeyStore.getInstance("JKS");
        jks.load(null, null);
        try (OutputStream out = Files.newOutputStream(file("id.jks"))) {
            jks.store(out, PASSWORD);
        }
        fails(
                () -> IdentityLoader.load(file("id.jks"), PASSWORD, null, NOW),
                file("id.jks") + ": is an old Java key store (JKS); convert it with"
                        + " 'keytool -importkeystore -deststoretype pkcs12'");
    }

    @Test
    void damagedPem() throws IOException {
        CURVES.writePem(file("id.pem"));
        String pem = Files.readString(file("id.pem"));
        Files.writeString(file("id.pem"), pem.substring(0, pem.length() - 40));
        long last = pem.substring(0, pem.lastIndexOf("-----BEGIN")).lines().count() + 1;
        fails(
                () -> IdentityLoader.load(file("id.pem"), null, null, NOW),
                file("id.pem") + ": has a damaged PEM block, in line " + last
                        + ": the block PRIVATE KEY has no end; write the file again from its source, unchanged");
    }

    @Test
    void certificateThatIsNone() throws IOException {
        Files.writeString(file("c.pem"), IdentityFiles.pem("CERTIFICATE", new byte[] {1, 2, 3}));
        fails(
                () -> IdentityLoader.loadCertificate(file("c.pem")),
                file("c.pem")
                        + ": has a block CERTIFICATE in line 1 that is not one object; write the file again from its"
                        + " source, each object in a block of its own");
        Files.writeString(file("c.pem"), IdentityFiles.pem("CERTIFICATE", new byte[] {0x30, 1, 0}));
        fails(
                () -> IdentityLoader.loadCertificate(file("c.pem")),
                file("c.pem") + ": certificate 1 cannot be read; copy it again from its source");
    }

    @Test
    void noKeyEntry() throws Exception {
        KeyStore store = IdentityFiles.newKeyStore();
        store.setCertificateEntry("root", ROOT.certificate());
        IdentityFiles.writeKeyStore(file("trust.p12"), store, PASSWORD);
        fails(
                () -> IdentityLoader.load(file("trust.p12"), PASSWORD, null, NOW),
                file("trust.p12")
                        + ": has no private key entry; import the service's key and certificate chain into it");
        assertThat(IdentityLoader.loadCertificates(file("trust.p12"), PASSWORD)).containsExactly(ROOT.certificate());
    }

    @Test
    void noKeyInPem() throws IOException {
        CURVES.writeCertificate(file("c.pem"));
        fails(
                () -> IdentityLoader.load(file("c.pem"), null, null, NOW),
                file("c.pem")
                        + ": holds no private key; add the service's PKCS#8 key, between BEGIN and END PRIVATE KEY");
    }

    @Test
    void noCertificateInPem() throws IOException {
        CURVES.writePem(file("id.pem"));
        String pem = Files.readString(file("id.pem"));
        Files.writeString(file("id.pem"), pem.substring(pem.indexOf("-----BEGIN PRIVATE KEY")));
        fails(
                () -> IdentityLoader.load(file("id.pem"), null, null, NOW),
                file("id.pem") + ": holds no certificate; add it in PEM, between BEGIN and END CERTIFICATE");
    }

    @Test
    void oldFormOfPrivateKey() throws IOException {
        Files.writeString(file("id.pem"), IdentityFiles.pem("RSA PRIVATE KEY", new byte[] {0x30, 0}));
        fails(
                () -> IdentityLoader.load(file("id.pem"), null, null, NOW),
                file("id.pem") + ": has a private key in the old form 'RSA PRIVATE KEY'; convert it to PKCS#8 with"
                        + " 'openssl pkcs8 -topk8'");
    }

    @Test
    void severalAliases() throws IOException {
        CURVES.writePkcs12(file("id.p12"), PASSWORD, List.of("blue", "green"));
        fails(
                () -> IdentityLoader.load(file("id.p12"), PASSWORD, null, NOW),
                file("id.p12") + ": has several private key entries: blue, green; say which one with its alias");
        IdentityLoader.load(file("id.p12"), PASSWORD, "green", NOW).close();
    }

    @Test
    void unknownAlias() throws IOException {
        CURVES.writePkcs12(file("id.p12"), PASSWORD, List.of("blue", "green"));
        fails(
                () -> IdentityLoader.load(file("id.p12"), PASSWORD, "red", NOW),
                file("id.p12") + ": has no private key entry 'red'; use one of its aliases: blue, green");
    }

    @Test
    void keyOfAnotherCertificate() throws IOException {
        IssuedIdentity other = TestPki.curves("billing");
        CURVES.writePem(file("mine.pem"));
        other.writePem(file("other.pem"));
        String mine = Files.readString(file("mine.pem"));
        String others = Files.readString(file("other.pem"));
        String marker = "-----BEGIN PRIVATE KEY";
        Files.writeString(
                file("mixed.pem"), mine.substring(0, mine.indexOf(marker)) + others.substring(others.indexOf(marker)));
        String line = file("mixed.pem") + ": the private key does not belong to the certificate of billing;"
                + " put the certificate and the key of one and the same request together";
        fails(() -> IdentityLoader.load(file("mixed.pem"), null, null, NOW), line);

        // The signing key fits, the agreement key is another one's.
        Files.writeString(
                file("mixed.pem"),
                mine.substring(0, mine.lastIndexOf(marker)) + others.substring(others.lastIndexOf(marker)));
        fails(() -> IdentityLoader.load(file("mixed.pem"), null, null, NOW), line);
    }

    @Test
    void rsaKeyOfAnotherCertificate() throws IOException {
        RSA.writePem(file("mine.pem"));
        TestPki.WEAK_RSA.writePem(file("other.pem"));
        String mine = Files.readString(file("mine.pem"));
        String others = Files.readString(file("other.pem"));
        String marker = "-----BEGIN PRIVATE KEY";
        Files.writeString(
                file("mixed.pem"), mine.substring(0, mine.indexOf(marker)) + others.substring(others.indexOf(marker)));
        fails(
                () -> IdentityLoader.load(file("mixed.pem"), null, null, NOW),
                file("mixed.pem") + ": the private key does not belong to the certificate of orders;"
                        + " put the certificate and the key of one and the same request together");
    }

    @Test
    void keysThatFitNoSuite() throws Exception {
        CURVES.writePem(file("half.pem"));
        String pem = Files.readString(file("half.pem"));
        Files.writeString(file("half.pem"), pem.substring(0, pem.lastIndexOf("-----BEGIN PRIVATE KEY")));
        fails(
                () -> IdentityLoader.load(file("half.pem"), null, null, NOW),
                file("half.pem") + ": has private keys that fit no suite; give one RSA key (suite 1), or one Ed25519"
                        + " and one X25519 key (suite 2)");
    }

    @Test
    void certificateThatFitsNoSuite() throws Exception {
        X509Certificate certificate = selfSigned("CN=half", "Ed25519");
        Files.writeString(
                file("half.pem"),
                IdentityFiles.pem("CERTIFICATE", certificate.getEncoded())
                        + IdentityFiles.pem("PRIVATE KEY", new byte[] {0x30, 0}));
        fails(
                () -> IdentityLoader.load(file("half.pem"), null, null, NOW),
                file("half.pem") + ": the certificate of half fits no suite; use an RSA certificate (suite 1), or an"
                        + " Ed25519 certificate with an X25519 key in subjectAltPublicKeyInfo (suite 2)");
    }

    @Test
    void weakKey() throws IOException {
        WEAK_RSA.writePkcs12(file("weak.p12"), PASSWORD, "weakling");
        fails(
                () -> IdentityLoader.load(file("weak.p12"), PASSWORD, null, NOW),
                file("weak.p12")
                        + ": the key of weakling is weaker than RSA with 3072 bits; make a new key and certificate");
    }

    @Test
    void expiredAndNotYetValid() throws IOException {
        CURVES.writePkcs12(file("id.p12"), PASSWORD, "billing");
        fails(
                () -> IdentityLoader.load(file("id.p12"), PASSWORD, null, END.plusSeconds(1)),
                file("id.p12") + ": the certificate of billing expired at 2026-04-30T12:00:00Z;"
                        + " have the authority issue a new one");
        fails(
                () -> IdentityLoader.load(file("id.p12"), PASSWORD, null, START.minusSeconds(1)),
                file("id.p12") + ": the certificate of billing is not valid before 2026-01-30T12:00:00Z;"
                        + " use the previous one until then, or set this machine's clock");
    }

    @Test
    void nameMissingOrDoubled() throws Exception {
        for (String[] subjectAndProblem : new String[][] {
            {"O=Nobody", "the certificate's subject has no CN, which names the service"},
            {"CN=one,CN=two", "the certificate's subject has more than one CN"},
            {"CN=one+CN=two", "the certificate's subject has more than one CN"}
        }) {
            Files.writeString(
                    file("c.pem"),
                    IdentityFiles.pem(
                            "CERTIFICATE",
                            selfSigned(subjectAndProblem[0], "Ed25519").getEncoded()));
            fails(
                    () -> IdentityLoader.loadCertificate(file("c.pem")),
                    file("c.pem") + ": " + subjectAndProblem[1]
                            + "; have the authority issue one whose subject has the service's name as CN");
        }
    }

    @Test
    void certificatesInTheWrongOrder() throws Exception {
        IssuedIdentity deep = ISSUING.issue(new ServiceName("deep"), Suite.SUITE_2, START, END);
        Files.writeString(
                file("c.pem"),
                IdentityFiles.pem("CERTIFICATE", ISSUING.certificate().getEncoded())
                        + IdentityFiles.pem(
                                "CERTIFICATE", deep.certificate().certificate().getEncoded()));
        fails(
                () -> IdentityLoader.loadCertificate(file("c.pem")),
                file("c.pem") + ": certificate 2 did not issue certificate 1; give the service's own certificate"
                        + " first, then each issuer after the one it issued");
    }

    @Test
    void certificateFilesThatAreNotPem() throws Exception {
        Files.write(file("c.der"), CURVES.certificate().certificate().getEncoded());
        fails(
                () -> IdentityLoader.loadCertificate(file("c.der")),
                file("c.der") + ": is not PEM; give the certificate between BEGIN and END CERTIFICATE");
        assertThat(IdentityLoader.loadCertificates(file("c.der")))
                .containsExactly(CURVES.certificate().certificate());
    }

    @Test
    void trustFromAKeyStoreWithOnesOwnKeyIsRefused() throws IOException {
        CURVES.writePkcs12(file("id.p12"), PASSWORD, "billing");
        fails(
                () -> IdentityLoader.loadCertificates(file("id.p12"), PASSWORD),
                file("id.p12") + ": has no trusted certificate entry, or needs a password; add one with"
                        + " 'keytool -importcert', give the password, or use PEM");
    }

    @Test
    void revocationLists() throws Exception {
        CertificateAuthority.writeCrl(file("ca.crl"), ROOT.revoke(List.of(BigInteger.TEN), START, END));
        assertThat(IdentityLoader.loadCrls(file("ca.crl"))).hasSize(1);
        Files.write(
                file("der.crl"),
                ROOT.revoke(List.of(BigInteger.TEN), START, END).getEncoded());
        assertThat(IdentityLoader.loadCrls(file("der.crl")).get(0).getRevokedCertificate(BigInteger.TEN))
                .isNotNull();
        ROOT.writeCertificate(file("ca.pem"));
        fails(
                () -> IdentityLoader.loadCrls(file("ca.pem")),
                file("ca.pem") + ": has a block CERTIFICATE in line 1, and is read for revocation lists alone; give the"
                        + " certificate a file of its own");
        Files.writeString(file("bad.crl"), IdentityFiles.pem("X509 CRL", new byte[] {0x30, 1, 0}));
        fails(
                () -> IdentityLoader.loadCrls(file("bad.crl")),
                file("bad.crl") + ": holds a revocation list that cannot be read; fetch it again from the authority");
    }

    @Test
    void anAuthoritySurvivesItsFile() throws IOException {
        ISSUING.write(file("ca.p12"), PASSWORD);
        CertificateAuthority loaded = CertificateAuthority.load(file("ca.p12"), PASSWORD);
        IssuedIdentity issued = loaded.issue(new ServiceName("later"), Suite.SUITE_2, START, END);
        assertThat(TrustStore.of(List.of(ROOT.certificate()), List.of(), Set.of())
                        .check(issued.certificate(), NOW))
                .isEmpty();
        fails(
                () -> CertificateAuthority.load(file("ca.p12"), "guess".toCharArray()),
                file("ca.p12") + ": the password is wrong; give the password the file was made with");
    }

    @Test
    void nothingPrintsAKey() throws IOException {
        CURVES.writePem(file("id.pem"));
        try (ServiceIdentity identity = IdentityLoader.load(file("id.pem"), null, null, NOW)) {
            assertThat(identity).hasToString("identity of billing");
            assertThat(CURVES.toString()).startsWith("issued certificate of billing (sha-256 ");
            assertThat(identity.key().toString())
                    .doesNotContain(Base64.getEncoder().encodeToString(new byte[3]));
        }
    }

    private static X509Certificate selfSigned(String subject, String algorithm) throws Exception {
        var pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        X500Name name = new X500Name(subject);
        var builder = new X509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(NOW.minus(Duration.ofDays(1))),
                Date.from(NOW.plus(Duration.ofDays(1))),
                name,
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("Ed25519").build(pair.getPrivate())));
    }
}
