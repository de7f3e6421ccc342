package io.dialogsecurity.artemis;

import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.policy.SecurityPolicyReader;
import io.dialogsecurity.policy.StatePolicy;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.utils.PasswordMaskingUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the guard's policy comes from. Immutable. */
final class PolicyFile {

    /** The plugin's one property in {@code broker.xml}. */
    static final String PROPERTY = "config";

    private static final Logger LOG = LoggerFactory.getLogger(PolicyFile.class);

    private final Path file;
    private final SecurityPolicyReader reader;

    private PolicyFile(Path file, String codecOrNull) {
        this.file = file;
        this.reader = new SecurityPolicyReader()
                .withPasswordDecoder(
                        encoded -> PasswordMaskingUtil.getCodec(codecOrNull).decode(encoded));
    }

    /**
     * The file that the plugin's properties name.
     *
     * @param codecOrNull the broker's {@code password-codec}; null for its default
     * @throws IllegalArgumentException with one line, if the properties do not name a file
     */
    static PolicyFile named(Map<String, String> properties, String codecOrNull) {
        String name = properties == null ? null : properties.get(PROPERTY);
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("broker.xml: the plugin " + DialogSecurityPlugin.class.getName()
                    + " has no property '" + PROPERTY + "'; give it the path of dialog-security.xml");
        }
        for (String property : properties.keySet()) {
            if (!property.equals(PROPERTY)) {
                throw new IllegalArgumentException("broker.xml: the plugin " + DialogSecurityPlugin.class.getName()
                        + " has the unknown property '" + property + "'; remove it, all settings are in " + name);
            }
        }
        try {
            return new PolicyFile(instanceDirectory().resolve(name.strip()).normalize(), codecOrNull);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "broker.xml: '" + name + "' is no path; give that of dialog-security.xml", e);
        }
    }

    /** The instance's {@code etc}, as the broker's own start script tells it. */
    private static Path instanceDirectory() {
        String etc = System.getProperty("artemis.instance.etc");
        return (etc == null ? Path.of("") : Path.of(etc)).toAbsolutePath();
    }

    /** Reads the policy for a start; it keeps the passwords of its state. */
    SecurityPolicy read() {
        return withKeysInUse(reader.read(file));
    }

    /** Reads the policy while an earlier one is applied. Where state is kept is not changed by it. */
    SecurityPolicy reread() {
        SecurityPolicy policy = withKeysInUse(reader.reread(file));
        policy.state().ifPresent(StatePolicy::close);
        return policy;
    }

    /**
     * Erases the private keys the broker has no use for: all, unless it seals or opens for plain applications.
     *
     * @throws IllegalArgumentException with one line, if it is to seal or open and has no key for that
     */
    private SecurityPolicy withKeysInUse(SecurityPolicy policy) {
        Set<ServiceName> inUse = policy.brokerServices();
        Set<ServiceName> present = new HashSet<>();
        for (ServiceIdentity identity : policy.identities()) {
            ServiceName name = identity.serviceName();
            present.add(name);
            if (!inUse.contains(name)) {
                LOG.warn(
                        "{}: the <identity> of {} is not used by any <seal> or <open>; remove it, the guard needs no private key",
                        file,
                        name);
            }
        }
        for (ServiceName name : inUse) {
            if (!present.contains(name)) {
                policy.close();
                throw new IllegalArgumentException(file + ": the broker is to seal or open as " + name
                        + " and has no key for that; add an <identity> of " + name
                        + ", or remove the <seal> and <open> elements that name it");
            }
        }
        return policy;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
