package io.dialogsecurity.artemis.guard;

import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.dialog.VerifiedEnvelope;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.identity.CertificateProblem;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.AuthenticityPolicy;
import io.dialogsecurity.policy.ServicePolicy;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.Layer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ServerSession;

/** Whether a verified envelope may go from this connection to this address. */
final class Authorisation {

    private final ActiveMQServer server;

    Authorisation(ActiveMQServer server) {
        this.server = server;
    }

    /**
     * Checks everything that needs no memory.
     *
     * @param session the sender's, or null where the broker has sealed for it or fetched it
     * @param address without prefix, and without a queue's name
     * @param addressAsSent as the sender named it, where that differs
     */
    void require(
            GuardConfiguration configuration,
            AddressPolicy rule,
            VerifiedEnvelope envelope,
            ServerSession session,
            String address,
            String addressAsSent)
            throws RefusedException {
        requireDestination(envelope, address, addressAsSent);
        requireSuite(rule, envelope);
        ServicePolicy sender = requireSender(configuration, rule, envelope);
        requireReceivers(rule, envelope);
        if (session != null) {
            requireEntitled(sender, session.getValidatedUser());
        }
        requireRole(sender, address);
        requireReplier(configuration, sender, envelope);
    }

    private static void requireDestination(VerifiedEnvelope envelope, String address, String addressAsSent)
            throws RefusedException {
        String destination = envelope.destination();
        if (!destination.equals(address) && !destination.equals(addressAsSent)) {
            throw new RefusedException(Rejection.WRONG_DESTINATION, Layer.MESSAGE_HEADER, "sealed for " + destination);
        }
    }

    private static void requireSuite(AddressPolicy rule, VerifiedEnvelope envelope) throws RefusedException {
        if (!rule.suites().accepts(envelope.suite())) {
            throw new RefusedException(
                    Rejection.SUITE_NOT_ACCEPTED,
                    Layer.SECURITY_PREAMBLE,
                    "suite " + envelope.suite().code() + " is not accepted at this address");
        }
        if (envelope.authenticity() == Authenticity.GROUP && rule.authenticity() != AuthenticityPolicy.GROUP) {
            throw new RefusedException(
                    Rejection.AUTHENTICITY_NOT_ACCEPTED,
                    Layer.SERVICE_PAIR_HEADER,
                    "several targets share the keys and messages are not signed");
        }
    }

    private static ServicePolicy requireSender(
            GuardConfiguration configuration, AddressPolicy rule, VerifiedEnvelope envelope) throws RefusedException {
        ServiceName name = envelope.sender();
        ServicePolicy sender = configuration
                .policy
                .service(name)
                .orElseThrow(() -> new RefusedException(
                        Rejection.SENDER_NOT_AUTHORISED, Layer.SERVICE_PAIR_HEADER, "unknown service " + name));
        if (!rule.maySend(name)) {
            throw new RefusedException(
                    Rejection.SENDER_NOT_AUTHORISED,
                    Layer.SERVICE_PAIR_HEADER,
                    name + " is not among the senders of this address");
        }
        return sender;
    }

    /** Sealed to nobody the rule does not name: whoever can open it was meant to. A reply is for the initiator. */
    private static void requireReceivers(AddressPolicy rule, VerifiedEnvelope envelope) throws RefusedException {
        if (rule.receivers().isEmpty()) {
            return;
        }
        List<ServiceName> receivers = envelope.direction() == Direction.INITIATOR_TO_TARGET
                ? envelope.targets()
                : List.of(envelope.initiator());
        for (ServiceName receiver : receivers) {
            if (!rule.receivers().contains(receiver)) {
                throw new RefusedException(
                        Rejection.NOT_FOR_US,
                        Layer.SERVICE_PAIR_HEADER,
                        "sealed to " + receiver + ", which is not among the receivers of this address");
            }
        }
    }

    /** Whether a user speaks for the sender of an envelope now. */
    void requireEntitled(GuardConfiguration configuration, VerifiedEnvelope envelope, String user)
            throws RefusedException {
        requireEntitled(configuration.policy.service(envelope.sender()).orElseThrow(), user);
    }

    private static void requireEntitled(ServicePolicy sender, String user) throws RefusedException {
        if (user == null || !sender.users().contains(user)) {
            throw new RefusedException(
                    Rejection.CONNECTION_NOT_ENTITLED,
                    Layer.SERVICE_PAIR_HEADER,
                    "user " + user + " does not speak for " + sender.name());
        }
    }

    /** A service without roles of its own has those of the connection's user, which the broker itself checks. */
    private void requireRole(ServicePolicy sender, String address) throws RefusedException {
        if (sender.roles().isEmpty()) {
            return;
        }
        Set<Role> settings = server.getSecurityRepository().getMatch(address);
        if (settings != null) {
            for (Role role : settings) {
                if (role.isSend() && sender.roles().contains(role.getName())) {
                    return;
                }
            }
        }
        throw new RefusedException(
                Rejection.SENDER_NOT_AUTHORISED,
                Layer.SERVICE_PAIR_HEADER,
                "no role of " + sender.name() + " may send here");
    }

    /** The initiator's certificate has been verified with its signature; that of a replying target has not. */
    private static void requireReplier(
            GuardConfiguration configuration, ServicePolicy sender, VerifiedEnvelope envelope) throws RefusedException {
        if (envelope.direction() == Direction.INITIATOR_TO_TARGET) {
            return;
        }
        CertificateProblem problem = configuration
                .problemOfReplier(
                        sender, envelope.senderFingerprint(), Instant.ofEpochMilli(envelope.creationTimeMillis()))
                .orElse(null);
        if (problem != null) {
            throw new RefusedException(
                    rejectionOf(problem),
                    Layer.SERVICE_PAIR_HEADER,
                    "the certificate of the replying " + sender.name() + " " + problem.description());
        }
    }

    private static Rejection rejectionOf(CertificateProblem problem) {
        return switch (problem) {
            case UNTRUSTED -> Rejection.CERTIFICATE_UNTRUSTED;
            case EXPIRED, NOT_YET_VALID -> Rejection.CERTIFICATE_EXPIRED;
            case REVOKED -> Rejection.CERTIFICATE_REVOKED;
            case WEAK_KEY, WRONG_USAGE -> Rejection.CERTIFICATE_UNSUITABLE;
        };
    }
}
