package io.dialogsecurity.policy;

import io.dialogsecurity.id.ServiceName;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * For which consumers the broker opens on the way out what is sealed to a service.
 *
 * @param service the service whose messages are opened
 * @param users the broker's users for whom they are; {@link SealRule#EVERY_USER} alone for every authenticated one
 * @param roles one of these roles of the broker the user needs too; empty if none is needed
 * @param clientCertificate whether the connection's TLS certificate must be one of the service's, too
 */
public record OpenRule(ServiceName service, Set<String> users, Set<String> roles, boolean clientCertificate) {
    /** Copies. */
    public OpenRule {
        users = Collections.unmodifiableSet(new LinkedHashSet<>(users));
        roles = Collections.unmodifiableSet(new LinkedHashSet<>(roles));
    }

    /**
     * Whether it names this user; null, which is nobody authenticated, is named by none. Roles and certificate are to be
     * asked for besides.
     */
    public boolean names(String userOrNull) {
        return SealRule.names(users, userOrNull);
    }
}
