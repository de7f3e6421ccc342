package io.dialogsecurity.testkit.plain;

import java.util.HexFormat;

/** Bytes that can be compared and read in a report, in hexadecimal digits. */
public record Octets(String hex) {

    /** These bytes. */
    public static Octets of(byte[] bytes) {
        return new Octets(HexFormat.of().formatHex(bytes));
    }
}
