package io.dialogsecurity.identity;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.time.Duration;
import java.time.Instant;

/** Authorities and identities that several tests share, because RSA keys are slow to make. */
final class TestPki {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Instant START = NOW.minus(Duration.ofDays(30));
    static final Instant END = NOW.plus(Duration.ofDays(60));

    static final CertificateAuthority ROOT =
            CertificateAuthority.root("Test Root", START.minus(Duration.ofDays(300)), END.plus(Duration.ofDays(3000)));
    static final CertificateAuthority ISSUING = ROOT.intermediate("Test Issuing", START, END);
    static final IssuedIdentity RSA = ROOT.issue(new ServiceName("orders"), Suite.SUITE_1, START, END);
    static final IssuedIdentity WEAK_RSA = ROOT.issueRsa(new ServiceName("weakling"), 2048, START, END);
    static final IssuedIdentity CURVES = ROOT.issue(new ServiceName("billing"), Suite.SUITE_2, START, END);

    private TestPki() {}

    static IssuedIdentity curves(String name) {
        return ROOT.issue(new ServiceName(name), Suite.SUITE_2, START, END);
    }
}
