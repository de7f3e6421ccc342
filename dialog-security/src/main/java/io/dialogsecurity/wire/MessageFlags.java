package io.dialogsecurity.wire;

/** The bits of the flags byte in the message header. The registry "Flags". */
public final class MessageFlags {

    /** The plaintext starts with a content section: content type and protected properties. */
    public static final int CONTENT_SECTION = 0x01;
    /** The body is a sequence of chunks. */
    public static final int STREAMED = 0x02;
    /** A sender signature follows the body. */
    public static final int SIGNED = 0x04;
    /** The sender ends the dialog with this message. */
    public static final int END_OF_DIALOG = 0x08;
    /** The body was absent, not merely empty: a text message whose text is null. */
    public static final int NULL_BODY = 0x10;

    /** Of these a message of the kind {@link ContentKind#ERROR} has the end of the dialog, and no other. */
    static final int ABOUT_ERRORS = STREAMED | END_OF_DIALOG | NULL_BODY;

    static final int KNOWN = CONTENT_SECTION | STREAMED | SIGNED | END_OF_DIALOG | NULL_BODY;

    private MessageFlags() {}
}
