package io.dialogsecurity.wire;

/**
 * One field of an envelope: where it is, and what it says in words. Nothing of it has been verified.
 *
 * @param layer the layer it belongs to
 * @param offset of its first byte in the envelope; a length before a value belongs to the field
 * @param length in bytes, may be 0
 * @param name as in the wire format
 * @param value one line without control characters, whatever the bytes are
 */
public record InspectedField(Layer layer, int offset, int length, String name, String value) {}
