package io.dialogsecurity.artemis.guard;

import org.apache.activemq.artemis.core.config.Configuration;

/**
 * Addresses a broker talks to itself at, which no policy is about. What it retains for MQTT subscribers is not among them: it
 * is of the address that is retained. Immutable.
 */
public final class BrokersOwnAddresses {

    private static final String MIRROR_PREFIX = "$ACTIVEMQ_ARTEMIS_MIRROR";
    private static final String FEDERATION_PREFIX = "$ACTIVEMQ_ARTEMIS_FEDERATION";
    private static final String MQTT_SESSIONS = "$sys.mqtt.sessions";

    private final String managementAddress;
    private final String internalPrefix;

    /** Those of a broker with this configuration. */
    public BrokersOwnAddresses(Configuration broker) {
        this.managementAddress = broker.getManagementAddress().toString();
        this.internalPrefix = broker.getInternalNamingPrefix();
    }

    /** Whether the address is one of them. */
    public boolean contains(String address) {
        return isManagement(address) || isClosed(address);
    }

    boolean isManagement(String address) {
        return managementAddress.equals(address);
    }

    /**
     * Whether only the broker itself sends to the address, past every hook, or another broker: what lies there, it takes for its own
     * and hands on, to other brokers or to other addresses.
     */
    boolean isClosed(String address) {
        return (!internalPrefix.isEmpty() && address.startsWith(internalPrefix))
                || (address.startsWith("$")
                        && (address.startsWith(MIRROR_PREFIX)
                                || address.startsWith(FEDERATION_PREFIX)
                                || address.equals(MQTT_SESSIONS)));
    }
}
