package io.dialogsecurity.testkit.plain;

import io.dialogsecurity.testkit.BrokerProcess;

/**
 * Where and as whom to connect. Immutable.
 *
 * @param port the broker's, on the loopback interface
 * @param user the user's name
 * @param password in clear
 * @param clientId null for one that the library chooses, and for none
 * @param lasting MQTT: whether the session lasts when the connection does not
 * @param will MQTT: what the broker sends when the connection breaks; null for nothing
 */
public record Login(int port, String user, String password, String clientId, boolean lasting, Outgoing will) {

    /** To a broker that runs. */
    public static Login to(BrokerProcess broker, String user, String password) {
        return new Login(broker.port(), user, password, null, false, null);
    }

    /** As this client. */
    public Login as(String id) {
        return new Login(port, user, password, id, lasting, will);
    }

    /** As this client, with a session that lasts. */
    public Login lastingAs(String id) {
        return new Login(port, user, password, id, true, will);
    }

    /** With something to be sent when the connection breaks. */
    public Login leaving(Outgoing lastWill) {
        return new Login(port, user, password, clientId, lasting, lastWill);
    }
}
