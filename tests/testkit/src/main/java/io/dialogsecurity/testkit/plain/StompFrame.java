package io.dialogsecurity.testkit.plain;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One frame of STOMP 1.2.
 *
 * @param command its first line
 * @param headers in order; of a repeated one the first counts
 * @param body its bytes
 */
record StompFrame(String command, Map<String, String> headers, byte[] body) {

    private static final String CONTENT_LENGTH = "content-length";

    /** To be written; its headers may be added to. */
    static StompFrame of(String command) {
        return new StompFrame(command, new LinkedHashMap<>(), new byte[0]);
    }

    StompFrame header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    StompFrame withBody(byte[] bytes) {
        return new StompFrame(command, headers, bytes);
    }

    /** With its end; the length of the body is told only if a header says so. */
    byte[] encoded() {
        StringBuilder head = new StringBuilder(command).append('\n');
        // Old clients did not escape when they connect, and the specification kept that.
        boolean plain = command.equals("CONNECT");
        headers.forEach((name, value) -> head.append(plain ? name : escaped(name))
                .append(':')
                .append(plain ? value : escaped(value))
                .append('\n'));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(body);
        bytes.write(0);
        return bytes.toByteArray();
    }

    /** The next frame; line ends between frames are passed over. */
    static StompFrame read(DataInputStream in) throws IOException {
        String command = line(in);
        while (command.isEmpty()) {
            command = line(in);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        boolean plain = command.equals("CONNECTED");
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("no header: " + line);
            }
            String name = line.substring(0, colon);
            String value = line.substring(colon + 1);
            headers.putIfAbsent(plain ? name : unescaped(name), plain ? value : unescaped(value));
        }
        return new StompFrame(command, headers, body(in, headers.get(CONTENT_LENGTH)));
    }

    private static byte[] body(DataInputStream in, String length) throws IOException {
        if (length == null) {
            return until(in, 0);
        }
        byte[] body = new byte[Integer.parseInt(length)];
        in.readFully(body);
        if (in.readByte() != 0) {
            throw new IOException("the body is longer than its content-length " + length);
        }
        return body;
    }

    private static String line(DataInputStream in) throws IOException {
        String line = new String(until(in, '\n'), StandardCharsets.UTF_8);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private static byte[] until(DataInputStream in, int end) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int next = in.read(); next != end; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            bytes.write(next);
        }
        return bytes.toByteArray();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace(":", "\\c");
    }

    private static String unescaped(String text) throws IOException {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next != '\\') {
                plain.append(next);
                continue;
            }
            i++;
            switch (i < text.length() ? text.charAt(i) : 0) {
                case '\\' -> plain.append('\\');
                case 'r' -> plain.append('\r');
                case 'n' -> plain.append('\n');
                case 'c' -> plain.append(':');
                default -> throw new IOException("unknown escape in " + text);
            }
        }
        return plain.toString();
    }
}
