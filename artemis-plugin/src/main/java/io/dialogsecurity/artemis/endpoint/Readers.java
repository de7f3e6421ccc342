package io.dialogsecurity.artemis.endpoint;

import io.dialogsecurity.artemis.guard.BrokerLinks;
import io.dialogsecurity.artemis.speaker.Generation;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.ServiceCertificate;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.OpenRule;
import io.dialogsecurity.policy.ServicePolicy;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.security.auth.Subject;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.spi.core.security.jaas.RolePrincipal;
import org.apache.activemq.artemis.utils.CertificateUtil;

/** Who may read what the broker opens: user, role and certificate decide, and the broker's own security settings. */
final class Readers {

    private final ActiveMQServer server;
    private final BrokerEndpoint endpoint;
    private final InstantSource clock;
    private final BrokerLinks links;

    Readers(ActiveMQServer server, BrokerEndpoint endpoint, InstantSource clock) {
        this.server = server;
        this.endpoint = endpoint;
        this.clock = clock;
        this.links = new BrokerLinks(server.getConfiguration());
    }

    /**
     * A consumer that is met for the first time. Core bridges and mirrors of this broker do not come this way.
     *
     * <p>Whose it is, only the consumer itself says: the broker's look-up of sessions goes by a name that clients choose, and that
     * OpenWire keeps over a reconnection, so it finds whoever has taken the name last.
     *
     * @param tapOrNull null where policy opens nothing, and the session is only told of
     */
    Reader reader(ServerConsumer consumer, ConsumerTap tapOrNull) throws Exception {
        ServerSession session = tapOrNull == null ? ownSession(consumer) : tapOrNull.sessionOf(consumer);
        return new Reader(session, kind(session));
    }

    /** The session that is found by its name, if the consumer is really one of its own; otherwise null. */
    private ServerSession ownSession(ServerConsumer consumer) throws Exception {
        ServerSession found = server.getSessionByID(consumer.getSessionID());
        return found != null && found.locateConsumer(consumer.getID()) == consumer ? found : null;
    }

    private Reader.Kind kind(ServerSession session) {
        if (session == null) {
            return Reader.Kind.DOUBTFUL;
        }
        if (links.isOtherNode(session) || links.isOwn(session)) {
            return Reader.Kind.BROKER;
        }
        return links.claimsToBeBroker(session) ? Reader.Kind.DOUBTFUL : Reader.Kind.APPLICATION;
    }

    /**
     * What opens for a consumer.
     *
     * @param address the address of the message
     * @return empty if the consumer is not among those for whom anything is opened
     */
    List<DialogEndpoint> endpointsFor(Reader reader, AddressPolicy rule, String address) {
        List<DialogEndpoint> known = reader.decision(rule, address);
        if (known != null) {
            return known;
        }
        List<DialogEndpoint> endpoints = new ArrayList<>();
        for (OpenRule open : rule.brokerSide().opens()) {
            if (isEntitled(reader.session, open, address)) {
                endpoints.addAll(endpoint.endpointsOf(open.service()));
            }
        }
        return reader.decided(rule, address, List.copyOf(endpoints));
    }

    private boolean isEntitled(ServerSession session, OpenRule open, String address) {
        Generation generation = endpoint.generation();
        ServicePolicy service = generation.policy().services().get(open.service());
        return service != null
                && open.names(session.getValidatedUser())
                && hasRole(session, open.roles())
                && mayConsume(service, address)
                && isGood(generation, open.service())
                && (!open.clientCertificate() || presents(session, service));
    }

    private boolean hasRole(ServerSession session, Set<String> roles) {
        if (roles.isEmpty()) {
            return true;
        }
        Subject subject = server.getSecurityStore().getSessionSubject(session);
        return subject != null
                && subject.getPrincipals(RolePrincipal.class).stream().anyMatch(role -> roles.contains(role.getName()));
    }

    /** A service without roles of its own has those of the connection's user, which the broker itself has checked. */
    private boolean mayConsume(ServicePolicy service, String address) {
        if (service.roles().isEmpty()) {
            return true;
        }
        Set<Role> settings = server.getSecurityRepository().getMatch(address);
        return settings != null
                && settings.stream()
                        .anyMatch(role -> role.isConsume() && service.roles().contains(role.getName()));
    }

    /** Whether a certificate of the service is neither expired nor revoked: without one nobody reads as the service. */
    private boolean isGood(Generation generation, ServiceName service) {
        Instant now = clock.instant();
        return endpoint.identities().stream()
                .filter(identity -> identity.serviceName().equals(service))
                .map(ServiceIdentity::certificate)
                .anyMatch(certificate ->
                        generation.policy().trust().check(certificate, now).isEmpty());
    }

    private static boolean presents(ServerSession session, ServicePolicy service) {
        X509Certificate[] presented = CertificateUtil.getCertsFromConnection(session.getRemotingConnection());
        if (presented == null || presented.length == 0) {
            return false;
        }
        for (ServiceCertificate certificate : service.certificates()) {
            if (certificate.certificate().equals(presented[0])) {
                return true;
            }
        }
        return false;
    }
}
