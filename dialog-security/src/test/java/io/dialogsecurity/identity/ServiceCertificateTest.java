package io.dialogsecurity.identity;

import static io.dialogsecurity.identity.TestPki.CURVES;
import static io.dialogsecurity.identity.TestPki.END;
import static io.dialogsecurity.identity.TestPki.ISSUING;
import static io.dialogsecurity.identity.TestPki.NOW;
import static io.dialogsecurity.identity.TestPki.RSA;
import static io.dialogsecurity.identity.TestPki.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceCertificateTest {

    @Test
    void saysWhatEnvelopesNeed() throws Exception {
        ServiceCertificate certificate = CURVES.certificate();
        assertThat(certificate.serviceName()).isEqualTo(new ServiceName("billing"));
        assertThat(certificate.issuer()).isEqualTo("CN=Test Root");
        assertThat(certificate.serial()).isPositive();
        assertThat(certificate.notBefore()).isEqualTo(START);
        assertThat(certificate.notAfter()).isEqualTo(END);
        assertThat(certificate.fingerprint())
                .isEqualTo(MessageDigest.getInstance("SHA-256")
                        .digest(certificate.certificate().getEncoded()));
        assertThat(certificate.validAt(NOW)).isTrue();
        assertThat(certificate.validAt(END.plusSeconds(1))).isFalse();
    }

    @Test
    void knowsItsSuites() {
        assertThat(RSA.certificate().suites()).containsExactly(Suite.SUITE_1);
        assertThat(RSA.certificate().agreementKey()).isEmpty();
        assertThat(CURVES.certificate().suites()).containsExactly(Suite.SUITE_2);
        assertThat(CURVES.certificate().agreementKey().orElseThrow()).hasSize(32);
    }

    @Test
    void comesBackFromItsEncoding() throws Exception {
        ServiceCertificate deep = ISSUING.issue(new ServiceName("deep"), Suite.SUITE_2, START, END)
                .certificate();
        assertThat(deep.encodedChain()).hasSize(2);
        assertThat(ServiceCertificate.parse(deep.encodedChain()))
                .isEqualTo(deep)
                .hasSameHashCodeAs(deep);
    }

    @Test
    void isSmallEnoughForAnEnvelope() {
        // Not a promise, but a suite-2 certificate is meant to keep headers small.
        assertThat(CURVES.certificate().encodedChain().get(0).length).isLessThan(500);
    }

    @Test
    void refusesWhatIsNotExactlyOneCertificate() {
        byte[] der = CURVES.certificate().encodedChain().get(0);
        byte[] trailing = Arrays.copyOf(der, der.length + 1);
        byte[] truncated = Arrays.copyOf(der, der.length - 1);
        byte[] pem = IdentityFiles.pem("CERTIFICATE", der).getBytes(StandardCharsets.US_ASCII);
        for (byte[] bad : List.of(trailing, truncated, pem, new byte[0], new byte[20_000])) {
            assertThatThrownBy(() -> ServiceCertificate.parse(List.of(bad))).isInstanceOf(CertificateException.class);
        }
    }

    @Test
    void everyBitFlipIsRefusedOrMakesAnotherCertificate() throws Exception {
        byte[] der = CURVES.certificate().encodedChain().get(0);
        for (int bit = 0; bit < der.length * 8; bit++) {
            byte[] flipped = der.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                ServiceCertificate parsed = ServiceCertificate.parse(List.of(flipped));
                assertThat(parsed.encodedChain().get(0)).isEqualTo(flipped);
            } catch (CertificateException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void refusesEmptyAndEndlessChains() {
        byte[] der = CURVES.certificate().encodedChain().get(0);
        assertThatThrownBy(() -> ServiceCertificate.parse(List.of())).isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> ServiceCertificate.parse(Collections.nCopies(7, der)))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> ServiceCertificate.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a service certificate needs at least its own certificate");
    }

    @Test
    void handsOutCopies() {
        CURVES.certificate().fingerprint()[0] ^= 1;
        CURVES.certificate().encodedChain().get(0)[0] ^= 1;
        CURVES.certificate().agreementKey().orElseThrow()[0] ^= 1;
        assertThat(ServiceCertificate.of(CURVES.certificate().chain()).fingerprint())
                .isEqualTo(CURVES.certificate().fingerprint());
        assertThat(CURVES.certificate().encodedChain().get(0)[0]).isEqualTo((byte) 0x30);
    }

    @Test
    void anIdentityIsACertificateAndItsOwnKey() {
        try (ServiceIdentity identity = CURVES.identity();
                ServiceIdentity other = TestPki.curves("billing").identity();
                ServiceIdentity rsa = RSA.identity()) {
            assertThatThrownBy(() -> ServiceIdentity.of(identity.certificate(), other.key()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the private key does not belong to the certificate of billing");
            assertThatThrownBy(() -> ServiceIdentity.of(identity.certificate(), rsa.key()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ServiceIdentity.of(rsa.certificate(), identity.key()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
