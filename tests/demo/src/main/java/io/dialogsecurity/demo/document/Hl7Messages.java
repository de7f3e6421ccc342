package io.dialogsecurity.demo.document;

import java.util.Base64;
import java.util.SplittableRandom;

/** HL7 version 2.5 in its pipe encoding; segments end with a carriage return. */
final class Hl7Messages {

    private static final char SEGMENT_END = '\r';
    private static final String[] TESTS = {
        "718-7^Hemoglobin^LN", "2345-7^Glucose^LN", "2160-0^Creatinine^LN", "6690-2^Leukocytes^LN", "777-3^Platelets^LN"
    };
    private static final int BASE64_GROUP = 3;

    private Hl7Messages() {}

    static String admission(SplittableRandom random, String reference, int chars) {
        StringBuilder message = new StringBuilder(chars + 256);
        header(message, random, "ADT^A01^ADT_A01", reference);
        segment(message, "EVN|A01|" + timestamp(random));
        patient(message, random, DocumentKind.HL7_ADT.secret());
        segment(message, "NK1|1|" + name(random) + "|SPO^Spouse|" + address(random) + "|" + phone(random));
        segment(
                message,
                "PV1|1|I|" + random.nextInt(1, 9) + "W^" + random.nextInt(100, 400) + "^" + random.nextInt(1, 4)
                        + "|E|||" + Facts.digits(random, 5) + "^" + name(random) + "|||MED||||1|||"
                        + Facts.digits(random, 5) + "^" + name(random) + "|INP|" + Facts.digits(random, 8));
        for (int i = 1; i == 1 || message.length() < chars - 60; i++) {
            segment(message, "AL1|" + i + "|DA|" + Facts.digits(random, 4) + "^" + substance(random) + "|MO|Rash");
        }
        return message.toString();
    }

    static String results(SplittableRandom random, String reference, int chars) {
        StringBuilder message = new StringBuilder(chars + 256);
        header(message, random, "ORU^R01^ORU_R01", reference);
        patient(message, random, DocumentKind.HL7_ORU.secret());
        segment(
                message,
                "OBR|1|" + reference + "|" + Facts.digits(random, 9) + "|24323-8^Comprehensive panel^LN|||"
                        + timestamp(random));
        int tests = random.nextInt(2, 6);
        for (int i = 1; i <= tests; i++) {
            segment(
                    message,
                    "OBX|" + i + "|NM|" + Facts.one(random, TESTS) + "||" + Facts.amount(random.nextLong(10, 20_000))
                            + "|mg/dL|10-200|N|||F");
        }
        int missing = chars - message.length() - 70;
        if (missing > 0) {
            byte[] document = new byte[missing / 4 * BASE64_GROUP];
            random.nextBytes(document);
            segment(
                    message,
                    "OBX|" + (tests + 1) + "|ED|11502-2^Laboratory report^LN||LAB^application^pdf^Base64^"
                            + Base64.getEncoder().encodeToString(document) + "||||||F");
        }
        return message.toString();
    }

    private static void header(StringBuilder message, SplittableRandom random, String type, String reference) {
        segment(
                message,
                "MSH|^~\\&|ORDERENTRY|STGEORG|SHIPPING|DEPOT|" + timestamp(random) + "||" + type + "|" + reference
                        + "|P|2.5");
    }

    private static void patient(StringBuilder message, SplittableRandom random, String name) {
        segment(
                message,
                "PID|1||" + Facts.digits(random, 8) + "^^^STGEORG^MR||" + name + "||19"
                        + Facts.twoDigits(random.nextInt(30, 100)) + Facts.twoDigits(random.nextInt(1, 13))
                        + Facts.twoDigits(random.nextInt(1, 29)) + "|" + Facts.one(random, "F", "M") + "|||"
                        + address(random) + "||" + phone(random));
    }

    private static String name(SplittableRandom random) {
        return Facts.familyName(random) + "^" + Facts.givenName(random);
    }

    private static String address(SplittableRandom random) {
        return Facts.street(random) + "^^" + Facts.town(random) + "^^" + Facts.digits(random, 5);
    }

    private static String phone(SplittableRandom random) {
        return "(0" + random.nextInt(200, 999) + ")" + Facts.digits(random, 7);
    }

    private static String substance(SplittableRandom random) {
        return Facts.one(random, "PENICILLIN", "LATEX", "IBUPROFEN", "NICKEL", "IODINE", "SULFONAMIDE");
    }

    private static String timestamp(SplittableRandom random) {
        return "20261120" + Facts.time(random).replace(":", "");
    }

    private static void segment(StringBuilder message, String text) {
        message.append(text).append(SEGMENT_END);
    }
}
