package io.dialogsecurity.policy;

import io.dialogsecurity.id.ServiceName;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Whose unsealed messages the broker seals on their way in, and as which service.
 *
 * @param service the service the broker seals as
 * @param users the broker's users whose messages are sealed; {@link #EVERY_USER} alone for every authenticated one
 */
public record SealRule(ServiceName service, Set<String> users) {
    /** Stands for every authenticated user. */
    public static final String EVERY_USER = "*";

    /** Copies. */
    public SealRule {
        users = Collections.unmodifiableSet(new LinkedHashSet<>(users));
    }

    /** Whether it is for this user; null, which is nobody authenticated, is named by none. */
    public boolean names(String userOrNull) {
        return names(users, userOrNull);
    }

    static boolean names(Set<String> users, String userOrNull) {
        return userOrNull != null && (users.contains(userOrNull) || users.contains(EVERY_USER));
    }
}
