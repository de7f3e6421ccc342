package io.dialogsecurity.wire;

import io.dialogsecurity.id.Bytes;
import java.util.List;

/**
 * Layer 2: who speaks to whom.
 *
 * @param authenticity what the shared keys prove of a message's sender
 * @param initiator the service that opened the dialogs of this pair
 * @param initiatorCertificates DER, leaf first, without the trust anchor; empty where the parties know each other's
 *     certificates beforehand
 * @param targets one or more services the dialogs were opened to; a sender index of i + 1 means target i
 * @param signature the initiator's, over the transcript of this and the key-exchange-key header
 */
public record ServicePairHeader(
        Authenticity authenticity,
        PartyIdentity initiator,
        List<Bytes> initiatorCertificates,
        List<PartyIdentity> targets,
        Bytes signature)
        implements HeaderLayer {

    /** Copies the lists. */
    public ServicePairHeader {
        initiatorCertificates = List.copyOf(initiatorCertificates);
        targets = List.copyOf(targets);
    }

    @Override
    public Layer layer() {
        return Layer.SERVICE_PAIR_HEADER;
    }

    /** The same header with another signature. */
    public ServicePairHeader withSignature(Bytes newSignature) {
        return new ServicePairHeader(authenticity, initiator, initiatorCertificates, targets, newSignature);
    }

    /** The party at a sender index: 0 the initiator, i + 1 target i. */
    public PartyIdentity party(int senderIndex) {
        return senderIndex == 0 ? initiator : targets.get(senderIndex - 1);
    }
}
