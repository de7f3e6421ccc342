package io.dialogsecurity.policy;

import java.util.List;
import java.util.Optional;

/**
 * What the broker itself does on an address for applications that neither seal nor open. Client endpoints take no
 * notice of it.
 *
 * @param outgoing what is done on the way out to consumers: {@link Action#APPLY} opens for whom {@code opens} names,
 *     {@link Action#BYPASS} delivers what is stored, {@link Action#DROP} delivers nothing to anybody
 * @param seals whose unsealed messages are sealed on the way in; the first that names the user counts
 * @param opens for whom is opened; each service at most once; empty unless {@code outgoing} is {@link Action#APPLY}
 * @param others what consumers get that no open rule names, or to whose service a message was not sealed
 */
public record BrokerSide(Action outgoing, List<SealRule> seals, List<OpenRule> opens, Others others) {
    /** Seals and opens nothing, and delivers what is stored. */
    public static final BrokerSide NONE = new BrokerSide(Action.BYPASS, List.of(), List.of(), Others.NOTHING);

    /** Copies. */
    public BrokerSide {
        seals = List.copyOf(seals);
        opens = List.copyOf(opens);
    }

    /** The rule by which what this user sends unsealed is sealed, if there is one; none for null. */
    public Optional<SealRule> seal(String userOrNull) {
        return seals.stream().filter(rule -> rule.names(userOrNull)).findFirst();
    }
}
