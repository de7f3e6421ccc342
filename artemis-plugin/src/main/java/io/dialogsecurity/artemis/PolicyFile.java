package io.dialogsecurity.artemis;

import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.policy.SecurityPolicyReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.activemq.artemis.utils.PasswordMaskingUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the guard's policy comes from. Immutable. */
final class PolicyFile {

    /** The plugin's one property in {@code broker.xml}. */
    static final String PROPERTY = "config";

    private static final Logger LOG = LoggerFactory.getLogger(PolicyFile.class);

    private final Path file;
    private final SecurityPolicyReader reader = new SecurityPolicyReader().withPasswordDecoder(PolicyFile::decode);

    private PolicyFile(Path file) {
        this.file = file;
    }

    /** @throws IllegalArgumentException with one line, if the properties do not name a file */
    static PolicyFile named(Map<String, String> properties) {
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
            return new PolicyFile(instanceDirectory().resolve(name.strip()).normalize());
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

    private static String decode(String encoded) throws Exception {
        return PasswordMaskingUtil.getDefaultCodec().decode(encoded);
    }

    /** Reads the policy for a start; it keeps the passwords of its state. */
    SecurityPolicy read() {
        return withoutKeys(reader.read(file));
    }

    /** Reads the policy while an earlier one is applied. Where state is kept is not changed by it. */
    SecurityPolicy reread() {
        SecurityPolicy policy = withoutKeys(reader.reread(file));
        policy.close();
        return policy;
    }

    private SecurityPolicy withoutKeys(SecurityPolicy policy) {
        if (!policy.identities().isEmpty()) {
            LOG.warn("{}: has <identity> elements; remove them here, the guard needs no private key", file);
        }
        policy.identities().forEach(ServiceIdentity::close);
        return policy;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
