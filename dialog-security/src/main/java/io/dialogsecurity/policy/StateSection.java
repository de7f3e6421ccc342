package io.dialogsecurity.policy;

import java.nio.file.Path;
import java.time.Duration;

/** Reads where endpoint state is kept. */
final class StateSection {
    private static final Duration SHORTEST_COMMIT = Duration.ofMillis(1);
    private static final Duration LONGEST_COMMIT = Duration.ofSeconds(5);

    private final PolicyContext context;

    StateSection(PolicyContext context) {
        this.context = context;
    }

    StatePolicy read(XmlElement element) {
        boolean enabled = context.yesOrNo(element, "enabled", true);
        Path directory = element.has("directory") ? context.directory(element, "directory") : null;
        String url = element.optional("url").orElse(null);
        if (url != null && !url.startsWith("jdbc:")) {
            throw context.problem(element, "attribute 'url' is no JDBC URL", "write it as in jdbc:h2:tcp://host/state");
        }
        XmlElement encryption = element.child("encryption").orElse(null);
        if (url != null && encryption != null) {
            throw context.problem(
                    encryption,
                    "only the embedded database is encrypted from here",
                    "remove <encryption>, or remove 'url'");
        }
        if (encryption != null && encryption.attributes().isEmpty()) {
            throw context.problem(encryption, "has no password", "give one of password, password-file, password-env");
        }
        return new StatePolicy(
                enabled,
                directory,
                url,
                element.optional("user").orElse(null),
                context.passwordOrNull(element),
                encryption == null ? null : context.passwordOrNull(encryption),
                context.duration(
                        element,
                        "commit-interval",
                        StatePolicy.DEFAULT_COMMIT_INTERVAL,
                        SHORTEST_COMMIT,
                        LONGEST_COMMIT),
                context.choice(element, "on-damage", DamagedState.class, DamagedState.REFUSE),
                context.yesOrNo(element, "force", false));
    }
}
