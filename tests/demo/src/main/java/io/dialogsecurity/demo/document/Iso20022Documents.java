package io.dialogsecurity.demo.document;

import java.util.SplittableRandom;

/** ISO 20022 XML: as many transactions as the size asks for, with number and sum in the group header. */
final class Iso20022Documents {

    private Iso20022Documents() {}

    static String customerTransfers(SplittableRandom random, String reference, int chars) {
        Transactions transactions = new Transactions();
        do {
            String amount = transactions.next(random);
            transactions
                    .xml
                    .append("<CdtTrfTxInf><PmtId><EndToEndId>")
                    .append(reference)
                    .append('-')
                    .append(transactions.count)
                    .append("</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"EUR\">")
                    .append(amount)
                    .append("</InstdAmt></Amt><Cdtr><Nm>")
                    .append(Facts.firm(random))
                    .append("</Nm></Cdtr><CdtrAcct><Id><IBAN>")
                    .append(Facts.iban(random))
                    .append("</IBAN></Id></CdtrAcct><RmtInf><Ustrd>Invoice ")
                    .append(Facts.digits(random, 8))
                    .append("</Ustrd></RmtInf></CdtTrfTxInf>\n");
        } while (transactions.xml.length() < chars - 900);
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\"><CstmrCdtTrfInitn><GrpHdr><MsgId>"
                + reference
                + "</MsgId><CreDtTm>2026-11-20T"
                + Facts.time(random)
                + "Z</CreDtTm><NbOfTxs>"
                + transactions.count
                + "</NbOfTxs><CtrlSum>"
                + Facts.amount(transactions.cents)
                + "</CtrlSum><InitgPty><Nm>"
                + DocumentKind.PAIN_001.secret()
                + "</Nm></InitgPty></GrpHdr>\n<PmtInf><PmtInfId>"
                + reference
                + "-P</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>2026-11-23</Dt></ReqdExctnDt><Dbtr><Nm>"
                + DocumentKind.PAIN_001.secret()
                + "</Nm><PstlAdr><StrtNm>"
                + Facts.street(random)
                + "</StrtNm><TwnNm>"
                + Facts.town(random)
                + "</TwnNm></PstlAdr></Dbtr><DbtrAcct><Id><IBAN>"
                + Facts.iban(random)
                + "</IBAN></Id></DbtrAcct><DbtrAgt><FinInstnId><BICFI>NORDDEHHXXX</BICFI></FinInstnId></DbtrAgt>\n"
                + transactions.xml
                + "</PmtInf></CstmrCdtTrfInitn></Document>\n";
    }

    static String interbankTransfers(SplittableRandom random, String reference, int chars) {
        Transactions transactions = new Transactions();
        do {
            String amount = transactions.next(random);
            transactions
                    .xml
                    .append("<CdtTrfTxInf><PmtId><EndToEndId>")
                    .append(reference)
                    .append('-')
                    .append(transactions.count)
                    .append("</EndToEndId><TxId>T")
                    .append(Facts.digits(random, 12))
                    .append("</TxId></PmtId><IntrBkSttlmAmt Ccy=\"EUR\">")
                    .append(amount)
                    .append("</IntrBkSttlmAmt><ChrgBr>SHAR</ChrgBr><Dbtr><Nm>")
                    .append(DocumentKind.PACS_008.secret())
                    .append("</Nm></Dbtr><DbtrAcct><Id><IBAN>")
                    .append(Facts.iban(random))
                    .append(
                            "</IBAN></Id></DbtrAcct><DbtrAgt><FinInstnId><BICFI>NORDDEHHXXX</BICFI></FinInstnId></DbtrAgt>")
                    .append("<CdtrAgt><FinInstnId><BICFI>SUEDATWWXXX</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>")
                    .append(Facts.firm(random))
                    .append("</Nm></Cdtr><CdtrAcct><Id><IBAN>")
                    .append(Facts.iban(random))
                    .append("</IBAN></Id></CdtrAcct></CdtTrfTxInf>\n");
        } while (transactions.xml.length() < chars - 500);
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08\"><FIToFICstmrCdtTrf><GrpHdr><MsgId>"
                + reference
                + "</MsgId><CreDtTm>2026-11-20T"
                + Facts.time(random)
                + "Z</CreDtTm><NbOfTxs>"
                + transactions.count
                + "</NbOfTxs><CtrlSum>"
                + Facts.amount(transactions.cents)
                + "</CtrlSum><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>\n"
                + transactions.xml
                + "</FIToFICstmrCdtTrf></Document>\n";
    }

    private static final class Transactions {

        private final StringBuilder xml = new StringBuilder(1024);
        private int count;
        private long cents;

        /** The next one's amount. */
        private String next(SplittableRandom random) {
            long amount = random.nextLong(100, 5_000_000);
            count++;
            cents += amount;
            return Facts.amount(amount);
        }
    }
}
