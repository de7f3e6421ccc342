package io.dialogsecurity.wire;

/**
 * The bytes are no well-formed envelope. The only exception a parser of this package throws at any input. It carries no
 * stack trace: an attacker decides how often it is thrown.
 */
public final class EnvelopeFormatException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Layer layer;
    private final boolean versionUnsupported;

    /**
     * @param layer the layer in which it was noticed
     * @param what what is wrong, never with bytes of the message
     */
    public EnvelopeFormatException(Layer layer, String what) {
        this(layer, what, false);
    }

    private EnvelopeFormatException(Layer layer, String what, boolean versionUnsupported) {
        super(layer + ": " + what, null, false, false);
        this.layer = layer;
        this.versionUnsupported = versionUnsupported;
    }

    static EnvelopeFormatException unsupportedVersion() {
        return new EnvelopeFormatException(Layer.SECURITY_PREAMBLE, "has a version this release does not know", true);
    }

    /** Whether the magic was right and only the version is none of ours. */
    public boolean versionUnsupported() {
        return versionUnsupported;
    }

    /** The layer in which it was noticed. */
    public Layer layer() {
        return layer;
    }
}
