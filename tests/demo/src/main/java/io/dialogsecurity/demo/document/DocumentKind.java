package io.dialogsecurity.demo.document;

import java.util.List;
import java.util.stream.Stream;

/** What documents there are. Each names something confidential that has to appear nowhere but at its services. */
public enum DocumentKind {
    /** FIX 4.4 NewOrderSingle. */
    FIX_ORDER("FIX order", "DEPOT-77310-NORDLICHT"),
    /** FIX 4.4 ExecutionReport. */
    FIX_EXECUTION("FIX execution", "DEPOT-41907-SEEADLER"),
    /** ISO 20022 pain.001.001.09, a customer's credit transfers. */
    PAIN_001("ISO 20022 pain.001", "Apotheke Zum Weissen Hirsch"),
    /** ISO 20022 pacs.008.001.08, credit transfers between banks. */
    PACS_008("ISO 20022 pacs.008", "Wollspinnerei Kaltenbrunn AG"),
    /** HL7 version 2.5 ADT^A01, an admission. */
    HL7_ADT("HL7 ADT", "BRANDTNER^ANNELIESE"),
    /** HL7 version 2.5 ORU^R01, a laboratory's results with a document embedded. */
    HL7_ORU("HL7 ORU", "OKONKWO^THEOPHILUS");

    private final String title;
    private final String secret;

    DocumentKind(String title, String secret) {
        this.title = title;
        this.secret = secret;
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** A name or account in every document of the kind, by which its plaintext is found on a disk. */
    public String secret() {
        return secret;
    }

    /** The secrets of all kinds. */
    public static List<String> secrets() {
        return Stream.of(values()).map(DocumentKind::secret).toList();
    }
}
