package io.dialogsecurity.artemis.guard;

import org.apache.activemq.artemis.core.config.Configuration;

/** Addresses a broker talks to itself at, which no policy is about. Immutable. */
public final class BrokersOwnAddresses {

    private static final String MIRROR_PREFIX = "$ACTIVEMQ_ARTEMIS_MIRROR";
    private static final String MQTT_SESSIONS = "$sys.mqtt.";

    private final String managementAddress;
    private final String internalPrefix;

    /** Those of a broker with this configuration. */
    public BrokersOwnAddresses(Configuration broker) {
        this.managementAddress = broker.getManagementAddress().toString();
        this.internalPrefix = broker.getInternalNamingPrefix();
    }

    /** Whether the address is one of them. */
    public boolean contains(String address) {
        return address.equals(managementAddress)
                || (address.startsWith("$")
                        && (address.startsWith(internalPrefix)
                                || address.startsWith(MIRROR_PREFIX)
                                || address.startsWith(MQTT_SESSIONS)));
    }

    boolean isManagement(String address) {
        return managementAddress.equals(address);
    }
}
