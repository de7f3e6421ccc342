package io.dialogsecurity.artemis.client.dialog;

import io.dialogsecurity.artemis.client.ClientEndpoint;
import io.dialogsecurity.artemis.client.jms.SecureConnectionFactory;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.policy.Action;
import io.dialogsecurity.policy.AddressPolicy;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Begins dialogs with services and accepts those they begin, over one connection.
 *
 * <pre>{@code
 * try (Dialogs dialogs = Dialogs.over(new SecureConnectionFactory(provider));
 *         Dialog dialog = dialogs.begin(new ServiceName("shipping"))) {
 *     dialog.send("ten boxes, please");
 *     dialog.receive(Duration.ofSeconds(10)).ifPresent(answer -> ...);
 *     dialog.end();
 * }
 * }</pre>
 *
 * <p>Thread-safe; each dialog, and each {@link IncomingDialogs} with its dialogs, belongs to one thread at a time.
 */
public final class Dialogs implements AutoCloseable {

    private final ClientEndpoint endpoint;
    private final Connection connection;

    private Dialogs(ClientEndpoint endpoint, Connection connection) {
        this.endpoint = endpoint;
        this.connection = connection;
        Talk.uncheckedly(connection::start);
    }

    /** Over a connection of its own. */
    public static Dialogs over(SecureConnectionFactory factory) {
        return new Dialogs(factory.endpoint(), Talk.unchecked(factory::createConnection));
    }

    /** Over a connection of its own, as a user of the broker. */
    public static Dialogs over(SecureConnectionFactory factory, String user, String password) {
        return new Dialogs(factory.endpoint(), Talk.unchecked(() -> factory.createConnection(user, password)));
    }

    /**
     * Begins a dialog with a service, at the address policy seals to it.
     *
     * @throws JMSRuntimeException if policy names no such address, or several
     */
    public Dialog begin(ServiceName service) {
        return begin(service, addressOf(service));
    }

    /** Begins a dialog with a service at an address (a queue). Nothing is sent yet. */
    public Dialog begin(ServiceName service, String address) {
        return begin(Set.of(service), address);
    }

    /** Begins a dialog with several services, who all receive each message. */
    public Dialog begin(Set<ServiceName> services, String address) {
        return Talk.unchecked(() -> new BegunDialog(connection, address, new LinkedHashSet<>(services)));
    }

    /**
     * Goes on in a dialog this service began, in an earlier life or in another instance that shares its endpoint state. What
     * the other side has sent to the former instance does not come here; what it sends from the next message on does.
     *
     * @param service the service it was begun with
     * @param address the address it was begun at
     * @param id as {@link Dialog#id()} said
     * @throws jakarta.jms.JMSSecurityRuntimeException if nothing is remembered of it ({@code DIALOG_UNKNOWN}), it has ended
     *     ({@code DIALOG_ENDED}), or its services are not trusted any more
     */
    public Dialog resume(ServiceName service, String address, DialogId id) {
        return Talk.unchecked(() -> new BegunDialog(connection, address, service, id));
    }

    private String addressOf(ServiceName service) {
        List<String> addresses = endpoint.policiesFor(service).stream()
                .filter(rule -> rule.action() == Action.APPLY)
                .filter(rule -> endpoint.serviceNames().stream().anyMatch(rule::maySend))
                .map(AddressPolicy::match)
                .filter(match -> !match.contains("*") && !match.contains("#"))
                .toList();
        if (addresses.size() != 1) {
            throw new JMSRuntimeException("Policy names " + (addresses.isEmpty() ? "no address" : addresses)
                    + " where " + endpoint.serviceNames() + " may send to " + service
                    + "; give the address, or name exactly one in " + endpoint.configuration());
        }
        return addresses.get(0);
    }

    /** The dialogs others begin at an address (a queue). */
    public IncomingDialogs incoming(String address) {
        return Talk.unchecked(() -> new IncomingDialogs(connection, address));
    }

    /** Closes the connection, and with it every dialog. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (JMSException e) {
            throw new JMSRuntimeException(e.getMessage(), e.getErrorCode(), e);
        }
    }
}
