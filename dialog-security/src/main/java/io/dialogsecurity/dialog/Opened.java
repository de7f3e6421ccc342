package io.dialogsecurity.dialog;

import io.dialogsecurity.crypto.Suite;
import io.dialogsecurity.id.DialogId;
import io.dialogsecurity.id.Direction;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.state.Arrival;
import io.dialogsecurity.state.ReceiveWindow;
import io.dialogsecurity.state.WindowKey;
import io.dialogsecurity.wire.Authenticity;
import io.dialogsecurity.wire.ContentCodec;
import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.DialogError;
import io.dialogsecurity.wire.EnvelopeFormatException;
import io.dialogsecurity.wire.EnvelopeFrame;
import io.dialogsecurity.wire.Layer;
import io.dialogsecurity.wire.MessageContext;
import io.dialogsecurity.wire.MessageFlags;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An authentic message, opened. Whether the application is to see it says {@link #arrival()}: a duplicate it has seen
 * and acknowledged already. Not thread-safe.
 */
public final class Opened implements OpenOutcome {

    private final VerifiedPair pair;
    private final DialogId dialogId;
    private final Direction direction;
    private final int senderIndex;
    private final MessageContext context;
    private final long sequence;
    private final long creationTimeMillis;
    private final Arrival arrival;
    private final ReceiveWindow window;
    /** Names the window, of which there may be another object whenever it was not in use for a while. */
    private final WindowKey place;

    private final int ownIndex;
    private final byte[] plaintext;
    private final int payloadOffset;
    private final int payloadLength;
    private final ContentCodec.Section section;
    private final DialogError error;
    /** Where the message is one of two with the same number, and policy lets it pass; else null. */
    private ForkedMessage fork;

    private static final ContentCodec.Section NO_SECTION = new ContentCodec.Section("", Map.of());

    Opened(
            OpeningDialog dialog,
            EnvelopeFrame frame,
            Arrival arrival,
            ReceiveWindow window,
            WindowKey place,
            byte[] plaintext,
            int plaintextOffset,
            int plaintextLength)
            throws EnvelopeFormatException {
        this.pair = dialog.pair;
        this.dialogId = dialog.header.dialogId();
        this.direction = dialog.header.direction();
        this.senderIndex = dialog.header.senderIndex();
        this.context = frame.context();
        this.sequence = frame.sequence();
        this.creationTimeMillis = frame.creationTimeMillis();
        this.arrival = arrival;
        this.window = window;
        this.place = place;
        this.ownIndex = dialog.ownIndex;
        this.plaintext = plaintext;
        if (context.has(MessageFlags.CONTENT_SECTION)) {
            int sectionLength = ContentCodec.sectionLength(plaintext, plaintextOffset, plaintextLength);
            this.payloadOffset = plaintextOffset + sectionLength;
            this.payloadLength = plaintextLength - sectionLength;
            this.section = ContentCodec.decodeSection(plaintext, plaintextOffset, sectionLength);
        } else {
            this.payloadOffset = plaintextOffset;
            this.payloadLength = plaintextLength;
            this.section = NO_SECTION;
        }
        boolean bodiless = context.kind() == ContentKind.NONE || context.has(MessageFlags.NULL_BODY);
        if (bodiless && payloadLength != 0) {
            throw new EnvelopeFormatException(Layer.BODY, "has a payload where its kind has none");
        }
        this.error =
                kind() == ContentKind.ERROR ? ContentCodec.decodeError(plaintext, payloadOffset, payloadLength) : null;
    }

    private Opened(Opened original) {
        this.pair = original.pair;
        this.dialogId = original.dialogId;
        this.direction = original.direction;
        this.senderIndex = original.senderIndex;
        this.context = original.context;
        this.sequence = original.sequence;
        this.creationTimeMillis = original.creationTimeMillis;
        this.arrival = original.arrival;
        this.window = original.window;
        this.place = original.place;
        this.ownIndex = original.ownIndex;
        this.plaintext = new byte[0];
        this.payloadOffset = 0;
        this.payloadLength = 0;
        this.section = NO_SECTION;
        this.error = original.error;
        this.fork = original.fork;
    }

    /** The same message, as one of two with the same number. */
    Opened forked(ForkedMessage forked) {
        fork = forked;
        return this;
    }

    /** The dialog. */
    public DialogId dialogId() {
        return dialogId;
    }

    /** Which way the message travelled. */
    public Direction direction() {
        return direction;
    }

    /** The service that sealed the message. */
    public ServiceName sender() {
        return pair.servicePair.party(senderIndex).service();
    }

    /** The service that opened the dialog. */
    public ServiceName initiator() {
        return pair.servicePair.initiator().service();
    }

    /** The services the dialog was opened to. */
    public List<ServiceName> targets() {
        return pair.servicePair.targets().stream().map(party -> party.service()).toList();
    }

    /** What the keys prove of the sender. */
    public Authenticity authenticity() {
        return pair.servicePair.authenticity();
    }

    /** The suite. */
    public Suite suite() {
        return pair.suite;
    }

    /** The place in the order of the dialog, direction and sender: 1, 2, 3, … */
    public long sequence() {
        return sequence;
    }

    /** The address the message was sealed for. */
    public String destination() {
        return context.destination();
    }

    /** When it was sealed, by the sender's clock, milliseconds since the epoch, UTC. */
    public long creationTimeMillis() {
        return creationTimeMillis;
    }

    /** How it relates to what arrived before. */
    public Arrival arrival() {
        return arrival;
    }

    /** What the body was. */
    public ContentKind kind() {
        return context.kind();
    }

    /** Whether the sender ends the dialog with this message. */
    public boolean endsDialog() {
        return context.has(MessageFlags.END_OF_DIALOG);
    }

    /** Why the sender breaks the dialog off, if it does. */
    public Optional<DialogError> error() {
        return Optional.ofNullable(error);
    }

    /** Whether the body was absent, not merely empty. */
    public boolean nullBody() {
        return context.has(MessageFlags.NULL_BODY);
    }

    /** The content type, empty if none was given. */
    public String contentType() {
        return section.contentType();
    }

    /** The protected properties. */
    public Map<String, Object> properties() {
        return section.properties();
    }

    /** The array that holds the payload; not a copy. Where the caller gave an array to open into, that one. */
    public byte[] payloadArray() {
        return plaintext;
    }

    /** Where the payload starts in {@link #payloadArray()}. */
    public int payloadOffset() {
        return payloadOffset;
    }

    /** Bytes of payload. */
    public int payloadLength() {
        return payloadLength;
    }

    /** The payload in an array of its size; the plaintext's own array where that is one. */
    public byte[] payload() {
        return payloadLength == plaintext.length
                ? plaintext
                : Arrays.copyOfRange(plaintext, payloadOffset, payloadOffset + payloadLength);
    }

    /** The text, or null. */
    public String text() throws EnvelopeFormatException {
        return nullBody() ? null : ContentCodec.decodeText(plaintext, payloadOffset, payloadLength());
    }

    /** The names and values. */
    public Map<String, Object> map() throws EnvelopeFormatException {
        return ContentCodec.decodeMap(plaintext, payloadOffset, payloadLength());
    }

    /** The values. */
    public List<Object> stream() throws EnvelopeFormatException {
        return ContentCodec.decodeStream(plaintext, payloadOffset, payloadLength());
    }

    /** Whether both are copies of one message, received at the same place. */
    public boolean isCopyOf(Opened other) {
        return fork == other.fork && window != null && sequence == other.sequence && place.equals(other.place);
    }

    /** The same message without its content: all that a reply needs, for whoever remembers it until then. */
    public Opened withoutContent() {
        return new Opened(this);
    }

    /** The application has taken the message; a copy that comes later is a duplicate. */
    public void acknowledge() {
        if (fork != null) {
            fork.acknowledge();
        } else if (window != null) {
            window.acknowledge(sequence);
        }
    }

    VerifiedPair pair() {
        return pair;
    }

    /** The receiver's place in the service pair: 0 the initiator, i + 1 target i. */
    int ownIndex() {
        return ownIndex;
    }
}
