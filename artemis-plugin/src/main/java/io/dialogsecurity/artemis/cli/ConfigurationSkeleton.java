package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.ServiceName;
import java.util.Set;

/** A {@code dialog-security.xml} to begin with, beside the directory {@code pki}. Names need no escaping here. */
final class ConfigurationSkeleton {

    private ConfigurationSkeleton() {}

    /** For a process that speaks for one service. */
    static String forService(ServiceName service, Set<ServiceName> all, Suite suite) {
        return configuration(
                "What a service needs to seal and to open.",
                "  <identity service=\"" + service + "\" key-store=\"../pki/" + service
                        + ".p12\" password-file=\"../pki/" + service + ".password\"/>\n\n",
                all,
                suite);
    }

    /** For the guard, which has no key of any service. */
    static String forBroker(Set<ServiceName> all, Suite suite) {
        return configuration("What the broker's guard needs: no private key.", "", all, suite);
    }

    private static String configuration(String comment, String identity, Set<ServiceName> all, Suite suite) {
        StringBuilder xml = new StringBuilder()
                .append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- ")
                .append(comment)
                .append(" Made for a trial; paths are relative to this file. -->\n")
                .append("<dialog-security xmlns=\"urn:dialog-security:1\">\n\n")
                .append("  <trust>\n    <anchor file=\"../pki/root.pem\"/>\n    <crl file=\"../pki/root.crl\"/>\n")
                .append("  </trust>\n\n")
                .append(identity)
                .append(
                        "  <!-- Whose connections may speak for a service: by default the broker's user of its name. -->\n")
                .append("  <services>\n");
        for (ServiceName service : all) {
            xml.append("    <service name=\"")
                    .append(service)
                    .append("\" certificate=\"../pki/")
                    .append(service)
                    .append(".pem\"/>\n");
        }
        xml.append("  </services>\n\n  <suites accept=\"")
                .append(suite.code())
                .append("\"/>\n\n")
                .append(
                        "  <!-- Messages to these addresses are sealed to the service that receives there; all others pass"
                                + " as they are. -->\n")
                .append("  <addresses default=\"bypass\">\n");
        for (ServiceName service : all) {
            xml.append("    <address match=\"")
                    .append(service)
                    .append(".#\" action=\"apply\" receivers=\"")
                    .append(service)
                    .append("\"/>\n");
        }
        return xml.append("  </addresses>\n</dialog-security>\n").toString();
    }
}
