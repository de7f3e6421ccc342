package io.dialogsecurity.demo.document;

import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Makes documents. The same seed, reference and size give the same document, in whatever process and order, so that
 * a receiver can tell whether what it got is what was sent. Immutable and thread-safe.
 */
public final class DocumentGenerator {

    private final long seed;

    /** A generator that makes the same documents as every other one of this seed. */
    public DocumentGenerator(long seed) {
        this.seed = seed;
    }

    /**
     * Makes a document.
     *
     * @param reference the document's own number, such as a client's order id; letters, digits and hyphens
     * @param chars the length to come near to; a document is never cut, and has one entry at least
     */
    public String document(DocumentKind kind, String reference, int chars) {
        SplittableRandom random = random(reference);
        return switch (kind) {
            case FIX_ORDER -> FixMessages.order(random, reference, chars);
            case FIX_EXECUTION -> FixMessages.execution(random, reference, chars);
            case PAIN_001 -> Iso20022Documents.customerTransfers(random, reference, chars);
            case PACS_008 -> Iso20022Documents.interbankTransfers(random, reference, chars);
            case HL7_ADT -> Hl7Messages.admission(random, reference, chars);
            case HL7_ORU -> Hl7Messages.results(random, reference, chars);
        };
    }

    /** A size between two limits, small ones being the more frequent; the same for the same reference. */
    public int size(String reference, int minChars, int maxChars) {
        if (minChars == maxChars) {
            return minChars;
        }
        double share = random("size of " + reference).nextDouble();
        return (int) Math.round(minChars * Math.pow((double) maxChars / minChars, share * share));
    }

    private SplittableRandom random(String reference) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + Objects.hashCode(reference));
    }
}
