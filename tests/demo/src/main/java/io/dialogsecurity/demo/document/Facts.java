package io.dialogsecurity.demo.document;

import java.math.BigInteger;
import java.util.SplittableRandom;

/** People, firms, goods and amounts that do not exist. */
final class Facts {

    private static final String[] FAMILY_NAMES = {
        "ALBRECHT", "BERGSTROM", "CASTELLANO", "DUBOIS", "ERIKSEN", "FARKAS", "GONZAGA", "HALLORAN", "IVERSEN",
                "JANSSEN",
        "KOWALSKI", "LINDQVIST", "MORETTI", "NAKAMURA", "OYELARAN", "PETRESCU", "QUINTERO", "ROSENTHAL", "SZABO",
                "THORNE"
    };
    private static final String[] GIVEN_NAMES = {
        "ADA", "BENEDIKT", "CLARA", "DAVID", "ELENA", "FELIX", "GRETA", "HUGO", "INES", "JONAS", "KAREN", "LEON"
    };
    private static final String[] STREETS = {
        "Lindenallee", "Hafenstrasse", "Rue des Tanneurs", "Via Garibaldi", "Kirkegata", "Market Row", "Calle Mayor"
    };
    private static final String[] TOWNS = {"Bremen", "Lyon", "Verona", "Bergen", "Leeds", "Sevilla", "Graz", "Gent"};
    private static final String[] FIRMS = {
        "Hansa Medizintechnik GmbH",
        "Atelier du Nord SARL",
        "Officine Bellini SpA",
        "Fjordlogistikk AS",
        "Pennine Instruments Ltd",
        "Suministros del Sur SL",
        "Alpenkraeuter KG"
    };

    private Facts() {}

    static String familyName(SplittableRandom random) {
        return one(random, FAMILY_NAMES);
    }

    static String givenName(SplittableRandom random) {
        return one(random, GIVEN_NAMES);
    }

    static String street(SplittableRandom random) {
        return one(random, STREETS) + " " + random.nextInt(1, 200);
    }

    static String town(SplittableRandom random) {
        return one(random, TOWNS);
    }

    static String firm(SplittableRandom random) {
        return one(random, FIRMS);
    }

    static String one(SplittableRandom random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    static String digits(SplittableRandom random, int count) {
        StringBuilder digits = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            digits.append((char) ('0' + random.nextInt(10)));
        }
        return digits.toString();
    }

    /** A German IBAN with the check digits of ISO 7064. */
    static String iban(SplittableRandom random) {
        String account = digits(random, 18);
        // "DE00" at the end, letters as numbers from 10 on
        int rest =
                new BigInteger(account + "131400").mod(BigInteger.valueOf(97)).intValue();
        return "DE" + twoDigits(98 - rest) + account;
    }

    /** An amount in cents as ISO 20022, FIX and HL7 write it. */
    static String amount(long cents) {
        return cents / 100 + "." + twoDigits((int) (cents % 100));
    }

    static String twoDigits(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }

    /** A time of the day, {@code HH:mm:ss}. */
    static String time(SplittableRandom random) {
        return twoDigits(random.nextInt(6, 22)) + ":" + twoDigits(random.nextInt(60)) + ":"
                + twoDigits(random.nextInt(60));
    }
}
