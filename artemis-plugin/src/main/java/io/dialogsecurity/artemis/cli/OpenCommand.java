package io.dialogsecurity.artemis.cli;

import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.EnvelopeStreamException;
import io.dialogsecurity.dialog.OpenOutcome;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.OpenedStream;
import io.dialogsecurity.dialog.Reception;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.StreamOutcome;
import io.dialogsecurity.identity.IdentityException;
import io.dialogsecurity.identity.IdentityLoader;
import io.dialogsecurity.identity.ServiceIdentity;
import io.dialogsecurity.wire.ContentCodec;
import io.dialogsecurity.wire.DialogError;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.WireFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Opens an envelope with a service's key. */
@Command(
        name = "open",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Open an envelope with the private key of one of its parties, and verify all of it.",
            "",
            "Whether it is old, was received before, or arrived where it belongs is not asked: this looks at one"
                    + " envelope, wherever it was found. A replay opens like the original."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:opened",
            "1:refused; nothing that was written may be believed",
            "2:the command line is wrong",
            "3:a file cannot be read or written, or a password is wrong"
        })
final class OpenCommand implements Callable<Integer> {

    private static final int MAX_SHOWN_BYTES = 1024 * 1024;
    private static final int BYTES_PER_LINE = 16;

    @Spec
    private CommandSpec spec;

    @Mixin
    private EnvelopeInput input;

    @Mixin
    private TrustOptions trust;

    @Mixin
    private PasswordOptions password;

    @Option(
            names = "--key-store",
            required = true,
            paramLabel = "FILE",
            description = "The service's key store: PKCS#12, or PEM with certificate and key.")
    private Path keyStore;

    @Option(names = "--alias", paramLabel = "NAME", description = "The key entry, if the key store has several.")
    private String alias;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = {
                "Write the payload as it is to this file, which only this user may read;",
                "- for standard output, with the description on standard error."
            })
    private String out;

    @Override
    public Integer call() throws IOException {
        if (!trust.given()) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--trust=FILE'");
        }
        try (InputStream in = input.open(Main.of(spec))) {
            byte[] head = readHead(in);
            Instant sealed = sealedAt(head);
            char[] secret = password.read(Main.of(spec), keyStore.toString());
            try (ServiceIdentity identity = identity(secret, sealed);
                    DialogEndpoint endpoint = DialogEndpoint.builder(identity, trust.context())
                            .policy(TrustOptions.everythingAccepted())
                            .clock(() -> sealed)
                            .build()) {
                return open(endpoint, head, in);
            } finally {
                if (secret != null) {
                    Arrays.fill(secret, '\0');
                }
            }
        }
    }

    private int open(DialogEndpoint endpoint, byte[] head, InputStream rest) throws IOException {
        if (announcesStream(head)) {
            InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), rest);
            StreamOutcome outcome = endpoint.openStream(whole, Reception.forAudit());
            return outcome instanceof OpenedStream stream ? writeStream(stream) : refused((Rejected) outcome);
        }
        byte[] tail = rest.readAllBytes();
        byte[] envelope = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, envelope, head.length, tail.length);
        OpenOutcome outcome = endpoint.open(envelope, Reception.forAudit());
        return outcome instanceof Opened opened ? write(opened) : refused((Rejected) outcome);
    }

    // --- The head, before there is a key

    private static byte[] readHead(InputStream in) throws IOException {
        byte[] head = in.readNBytes(WireFormat.PREAMBLE_BYTES);
        try {
            int needed = EnvelopeFrame.headLength(head, 0, head.length);
            while (needed > head.length) {
                byte[] more = in.readNBytes(needed - head.length);
                int before = head.length;
                head = Arrays.copyOf(head, before + more.length);
                System.arraycopy(more, 0, head, before, more.length);
                if (head.length < needed) {
                    return head;
                }
                needed = EnvelopeFrame.headLength(head, 0, head.length);
            }
            return head;
        } catch (EnvelopeFormatException e) {
            return head;
        }
    }

    private static boolean announcesStream(byte[] head) {
        try {
            return EnvelopeFrame.announcesStream(head, 0, head.length);
        } catch (EnvelopeFormatException e) {
            return false;
        }
    }

    /** The time as of which certificates are judged; a claim until the envelope has opened, and proven then. */
    private static Instant sealedAt(byte[] head) {
        try {
            EnvelopeFrame.headLength(head, 0, head.length);
        } catch (EnvelopeFormatException e) {
            return Instant.now();
        }
        return head.length < WireFormat.PREAMBLE_BYTES
                ? Instant.now()
                : Instant.ofEpochMilli(ByteBuffer.wrap(head).getLong(WireFormat.CREATION_TIME_OFFSET));
    }

    /** The identity as of then; or, where the envelope claims a time that does not fit, as of now. */
    private ServiceIdentity identity(char[] secret, Instant sealed) {
        try {
            return IdentityLoader.load(keyStore, secret, alias, sealed);
        } catch (IdentityException e) {
            try {
                return IdentityLoader.load(keyStore, secret, alias);
            } catch (IdentityException again) {
                e.addSuppressed(again);
                throw e;
            }
        }
    }

    // --- What came out

    private int refused(Rejected rejected) {
        spec.commandLine().getErr().printf("REFUSED: %s%n", Refusal.describe(rejected));
        return ExitCode.REFUSED;
    }

    private int write(Opened opened) throws IOException {
        if (out == null) {
            PrintWriter terminal = spec.commandLine().getOut();
            describe(terminal, opened);
            show(terminal, opened, opened.payload());
            return ExitCode.OK;
        }
        try (OutputStream file = payloadOut()) {
            file.write(opened.payloadArray(), opened.payloadOffset(), opened.payloadLength());
        }
        describe(description(), opened);
        return ExitCode.OK;
    }

    private int writeStream(OpenedStream stream) throws IOException {
        try (InputStream payload = stream.payload()) {
            if (out == null) {
                ByteArrayOutputStream shown = new ByteArrayOutputStream();
                long length = copy(payload, shown, MAX_SHOWN_BYTES);
                PrintWriter terminal = spec.commandLine().getOut();
                describe(terminal, stream.message());
                if (length <= MAX_SHOWN_BYTES) {
                    show(terminal, stream.message(), shown.toByteArray());
                } else {
                    terminal.printf("payload      %d bytes, intact; --out writes them to a file%n", length);
                }
            } else {
                try (OutputStream file = payloadOut()) {
                    copy(payload, file, Long.MAX_VALUE);
                }
                describe(description(), stream.message());
            }
            return ExitCode.OK;
        } catch (EnvelopeStreamException e) {
            if (out != null) {
                spec.commandLine()
                        .getErr()
                        .println("What has been written is only the beginning of the message; do not use it.");
            }
            return refused(e.rejected());
        }
    }

    /** Reads to the end, keeps up to a limit, returns how much there was. */
    private static long copy(InputStream from, OutputStream to, long limit) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long length = 0;
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            if (length < limit) {
                to.write(buffer, 0, (int) Math.min(n, limit - length));
            }
            length += n;
        }
        return length;
    }

    private OutputStream payloadOut() throws IOException {
        if (!out.equals("-")) {
            return PrivateFiles.create(Path.of(out));
        }
        spec.commandLine().getOut().flush();
        return Main.of(spec).rawOut();
    }

    private PrintWriter description() {
        return out.equals("-")
                ? spec.commandLine().getErr()
                : spec.commandLine().getOut();
    }

    private static void describe(PrintWriter to, Opened opened) {
        to.printf("opened       sealed by %s, as the %s proves%n", opened.sender(), proof(opened));
        to.printf("initiator    %s%n", opened.initiator());
        to.printf(
                "targets      %s%n",
                opened.targets().stream().map(Object::toString).collect(Collectors.joining(", ")));
        to.printf(
                "dialog       %s, %s, sequence %d%s%n",
                opened.dialogId(),
                opened.direction(),
                opened.sequence(),
                opened.endsDialog() ? ", the last of its sender" : "");
        to.printf("destination  %s%n", Text.printable(opened.destination()));
        to.printf("sealed at    %s%n", Instant.ofEpochMilli(opened.creationTimeMillis()));
        to.printf("suite        %s%n", opened.suite());
        to.printf("kind         %s%s%n", opened.kind(), opened.nullBody() ? ", without a body" : "");
        if (!opened.contentType().isEmpty()) {
            to.printf("content type %s%n", Text.printable(opened.contentType()));
        }
        opened.properties().forEach((name, value) -> to.printf("property     %s%n", line(name, value)));
    }

    private static String proof(Opened opened) {
        return switch (opened.authenticity()) {
            case PAIR -> "key of this pair alone";
            case SIGNED -> "signature of this message";
            case GROUP -> "key of the group, whose members trust each other";
        };
    }

    private static void show(PrintWriter to, Opened opened, byte[] payload) {
        try {
            switch (opened.kind()) {
                case TEXT -> {
                    if (!opened.nullBody()) {
                        to.printf(
                                "payload%n%s%n",
                                Text.printableLines(ContentCodec.decodeText(payload, 0, payload.length)));
                    }
                }
                case MAP -> {
                    for (Map.Entry<String, Object> entry :
                            ContentCodec.decodeMap(payload, 0, payload.length).entrySet()) {
                        to.printf("entry        %s%n", line(entry.getKey(), entry.getValue()));
                    }
                }
                case STREAM -> {
                    List<Object> values = ContentCodec.decodeStream(payload, 0, payload.length);
                    values.forEach(value -> to.printf("value        %s%n", valueOf(value)));
                }
                case ERROR -> {
                    DialogError error = ContentCodec.decodeError(payload, 0, payload.length);
                    to.printf("error        %d %s%n", error.code(), Text.printable(error.text()));
                }
                case NONE, BYTES, OBJECT -> showBytes(to, payload);
            }
        } catch (EnvelopeFormatException e) {
            throw new CommandFailure(
                    ExitCode.REFUSED, "opened, but what is inside is not of its kind: " + e.getMessage(), e);
        }
    }

    private static void showBytes(PrintWriter to, byte[] payload) {
        to.printf("payload      %d bytes%n", payload.length);
        for (int line = 0; line < payload.length; line += BYTES_PER_LINE) {
            int end = Math.min(payload.length, line + BYTES_PER_LINE);
            to.printf("%08x  %s%n", line, HexFormat.ofDelimiter(" ").formatHex(Arrays.copyOfRange(payload, line, end)));
        }
    }

    private static String line(String name, Object value) {
        return Text.printable(name) + " = " + valueOf(value);
    }

    private static String valueOf(Object value) {
        String type = Optional.ofNullable(value)
                .map(present -> " ("
                        + (present instanceof byte[]
                                ? "bytes"
                                : present.getClass().getSimpleName()) + ")")
                .orElse("");
        String text = value instanceof byte[] octets ? HexFormat.of().formatHex(octets) : String.valueOf(value);
        return Text.printable(text) + type;
    }
}
