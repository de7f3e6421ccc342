package io.dialogsecurity.takeover;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A flow on one side, with an address of its own. */
record Lane(Flow flow, Side side) {

    /** Text of every sealed message, which must not be found on any disk; that of unsealed ones is, which is the control. */
    static final String SECRET = "ZURICH-VAULT-7731";

    static final String NO_SECRET = "POSTCARD-TO-ALL-42";

    private static final int TEXT_CHARS = 300;

    static List<Lane> all() {
        List<Lane> all = new ArrayList<>();
        for (Flow flow : Flow.values()) {
            for (Side side : Side.values()) {
                all.add(new Lane(flow, side));
            }
        }
        return all;
    }

    /** Its address, and its queue. */
    String address() {
        return side.title() + "." + flow.title();
    }

    static Lane at(String address) {
        int dot = address.indexOf('.');
        return new Lane(
                Flow.valueOf(address.substring(dot + 1).toUpperCase(Locale.ROOT)),
                Side.valueOf(address.substring(0, dot).toUpperCase(Locale.ROOT)));
    }

    /** The same flow on the other side. */
    Lane twin() {
        return new Lane(flow, side == Side.SEALED ? Side.UNSEALED : Side.SEALED);
    }

    Lane answer() {
        return new Lane(flow.answer().orElseThrow(), side);
    }

    /** Whether a part sends or receives here. */
    boolean concerns(Part part) {
        return flow.from() == part || flow.to() == part;
    }

    /** What message of that number says. */
    String text(int number) {
        StringBuilder text = new StringBuilder(TEXT_CHARS)
                .append(side == Side.SEALED ? SECRET : NO_SECRET)
                .append(' ')
                .append(address())
                .append(' ')
                .append(number)
                .append(' ');
        while (text.length() < TEXT_CHARS) {
            text.append((char) ('a' + (number + text.length()) % 26));
        }
        return text.toString();
    }

    /** By which a broker knows a message that it has got already. */
    String duplicateId(int number) {
        return address() + "-" + number;
    }

    @Override
    public String toString() {
        return address();
    }
}
