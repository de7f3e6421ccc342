package io.dialogsecurity.policy;

import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.ServiceCertificate;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A service and who in the broker stands behind it.
 *
 * @param name its name, which is its certificates' CN
 * @param certificates all that are given for it, expired and revoked ones too; to seal, ask {@link
 *     SecurityPolicy#certificates()}
 * @param users the broker's users whose connections may speak for it
 * @param roles the broker's roles it has when the broker's security settings decide where it may send
 */
public record ServicePolicy(
        ServiceName name, List<ServiceCertificate> certificates, Set<String> users, Set<String> roles) {
    /** Copies. */
    public ServicePolicy {
        certificates = List.copyOf(certificates);
        users = Collections.unmodifiableSet(new LinkedHashSet<>(users));
        roles = Collections.unmodifiableSet(new LinkedHashSet<>(roles));
    }
}
