package io.dialogsecurity.identity;

import static io.dialogsecurity.identity.TestPki.NOW;
import static io.dialogsecurity.identity.TestPki.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListedCertificatesTest {
    private static final ServiceName NAME = new ServiceName("shipping");
    private static final Duration DAY = Duration.ofDays(1);

    private static ServiceCertificate issued(int fromDay, int untilDay) {
        return ROOT.issue(
                        NAME, Suite.SUITE_2, NOW.plus(DAY.multipliedBy(fromDay)), NOW.plus(DAY.multipliedBy(untilDay)))
                .certificate();
    }

    @Test
    void aSuccessorTakesOverAtItsOwnStartAlsoWhenItsPredecessorLastsLonger() {
        ServiceCertificate longLived = issued(-10, 100);
        ServiceCertificate successor = issued(5, 20);
        CertificateDirectory directory = ListedCertificates.of(List.of(longLived, successor));
        assertThat(directory.current(NAME, Suite.SUITE_2, NOW)).contains(longLived);
        assertThat(directory.current(NAME, Suite.SUITE_2, NOW.plus(DAY.multipliedBy(6))))
                .contains(successor);
        assertThat(directory.current(NAME, Suite.SUITE_2, NOW.plus(DAY.multipliedBy(30))))
                .contains(longLived);
        assertThat(directory.current(NAME, Suite.SUITE_2, NOW.plus(DAY.multipliedBy(101))))
                .isEmpty();
        assertThat(directory.certificatesOf(NAME)).containsExactly(successor, longLived);
    }

    @Test
    void theOrderOfTheListDoesNotMatter() {
        ServiceCertificate one = issued(-1, 10);
        ServiceCertificate two = issued(-1, 10);
        assertThat(ListedCertificates.of(List.of(one, two)).current(NAME, Suite.SUITE_2, NOW))
                .isEqualTo(ListedCertificates.of(List.of(two, one)).current(NAME, Suite.SUITE_2, NOW));
    }

    @Test
    void findsByFingerprintAndSuite() {
        ServiceCertificate certificate = issued(-1, 1);
        ListedCertificates directory = ListedCertificates.of(List.of(certificate, certificate));
        assertThat(directory.byFingerprint(certificate.fingerprint())).contains(certificate);
        assertThat(directory.byFingerprint(new byte[32])).isEmpty();
        assertThat(directory.current(NAME, Suite.SUITE_1, NOW)).isEmpty();
        assertThat(directory.certificatesOf(new ServiceName("nobody"))).isEmpty();
        assertThat(directory.all()).containsExactly(certificate);
    }
}
