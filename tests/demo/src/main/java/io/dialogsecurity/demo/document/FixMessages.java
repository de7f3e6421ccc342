package io.dialogsecurity.demo.document;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** FIX 4.4 in tag=value encoding, with BodyLength and CheckSum as the standard computes them. */
final class FixMessages {

    private static final char FIELD_END = '\u0001';
    private static final String[] SYMBOLS = {"NVX", "ORSTED", "SAP", "ASML", "EQNR", "NESN", "LVMH", "BAYN"};

    private FixMessages() {}

    static String order(SplittableRandom random, String reference, int chars) {
        StringBuilder body = head(random, "D", "ORDERENTRY", "INVENTORY", reference);
        field(body, 11, reference);
        field(body, 1, DocumentKind.FIX_ORDER.secret());
        field(body, 21, "1");
        field(body, 55, Facts.one(random, SYMBOLS));
        field(body, 54, random.nextBoolean() ? "1" : "2");
        field(body, 60, timestamp(random));
        field(body, 38, Integer.toString(random.nextInt(1, 500) * 10));
        field(body, 40, "2");
        field(body, 44, Facts.amount(random.nextLong(100, 1_000_000)));
        field(body, 59, "0");
        return finished(random, body, chars);
    }

    static String execution(SplittableRandom random, String reference, int chars) {
        StringBuilder body = head(random, "8", "INVENTORY", "ORDERENTRY", reference);
        int quantity = random.nextInt(1, 500) * 10;
        field(body, 37, "X" + Facts.digits(random, 9));
        field(body, 11, reference);
        field(body, 17, "E" + Facts.digits(random, 9));
        field(body, 150, "F");
        field(body, 39, "2");
        field(body, 1, DocumentKind.FIX_EXECUTION.secret());
        field(body, 55, Facts.one(random, SYMBOLS));
        field(body, 54, random.nextBoolean() ? "1" : "2");
        field(body, 32, Integer.toString(quantity));
        field(body, 31, Facts.amount(random.nextLong(100, 1_000_000)));
        field(body, 151, "0");
        field(body, 14, Integer.toString(quantity));
        return finished(random, body, chars);
    }

    private static StringBuilder head(
            SplittableRandom random, String type, String sender, String target, String reference) {
        StringBuilder body = new StringBuilder(512);
        field(body, 35, type);
        field(body, 49, sender);
        field(body, 56, target);
        field(body, 34, Integer.toString(Math.floorMod(reference.hashCode(), 1_000_000) + 1));
        field(body, 52, timestamp(random));
        return body;
    }

    private static String finished(SplittableRandom random, StringBuilder body, int chars) {
        int around = "8=FIX.4.4|9=000|10=000|".length();
        int missing = chars - around - body.length() - "58=|".length();
        if (missing > 0) {
            StringBuilder text = new StringBuilder(missing);
            while (text.length() < missing) {
                text.append("desk ")
                        .append(Facts.familyName(random))
                        .append(' ')
                        .append(Facts.town(random))
                        .append("; ");
            }
            field(body, 58, text.substring(0, missing));
        }
        StringBuilder message = new StringBuilder(body.length() + around);
        field(message, 8, "FIX.4.4");
        field(message, 9, Integer.toString(body.length()));
        message.append(body);
        int sum = 0;
        for (byte b : message.toString().getBytes(StandardCharsets.US_ASCII)) {
            sum += b;
        }
        String checksum = Integer.toString(sum % 256);
        field(message, 10, "0".repeat(3 - checksum.length()) + checksum);
        return message.toString();
    }

    private static String timestamp(SplittableRandom random) {
        return "20261120-" + Facts.time(random) + "." + Facts.digits(random, 3);
    }

    private static void field(StringBuilder message, int tag, String value) {
        message.append(tag).append('=').append(value).append(FIELD_END);
    }
}
