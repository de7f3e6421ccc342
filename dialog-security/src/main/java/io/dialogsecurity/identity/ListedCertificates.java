package io.dialogsecurity.identity;

import io.dialogsecurity.id.ServiceName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A {@link CertificateDirectory} that is a fixed list. Immutable and thread-safe. */
public final class ListedCertificates implements CertificateDirectory {
    private static final Comparator<ServiceCertificate> NEWEST_FIRST = Comparator.comparing(
                    ServiceCertificate::notBefore)
            .thenComparing(ServiceCertificate::fingerprintHex)
            .reversed();

    private final Map<ServiceName, List<ServiceCertificate>> byName;
    private final Map<String, ServiceCertificate> byFingerprint;

    private ListedCertificates(Collection<ServiceCertificate> certificates) {
        Map<String, ServiceCertificate> fingerprints = new HashMap<>();
        Map<ServiceName, List<ServiceCertificate>> names = new HashMap<>();
        for (ServiceCertificate certificate : certificates) {
            if (fingerprints.putIfAbsent(certificate.fingerprintHex(), certificate) == null) {
                names.computeIfAbsent(certificate.serviceName(), name -> new ArrayList<>())
                        .add(certificate);
            }
        }
        names.replaceAll((name, list) -> list.stream().sorted(NEWEST_FIRST).toList());
        this.byName = Map.copyOf(names);
        this.byFingerprint = Map.copyOf(fingerprints);
    }

    /** A directory of these certificates; one that is given twice counts once. */
    public static ListedCertificates of(Collection<ServiceCertificate> certificates) {
        return new ListedCertificates(certificates);
    }

    @Override
    public List<ServiceCertificate> certificatesOf(ServiceName name) {
        return byName.getOrDefault(name, List.of());
    }

    @Override
    public Optional<ServiceCertificate> byFingerprint(byte[] sha256) {
        return Optional.ofNullable(byFingerprint.get(HexFormat.of().formatHex(sha256)));
    }

    /** Every certificate, in no particular order: for expiry warnings. */
    public Collection<ServiceCertificate> all() {
        return byFingerprint.values();
    }
}
