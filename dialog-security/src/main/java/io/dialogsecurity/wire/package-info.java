/**
 * The wire format of {@code WIRE-FORMAT.md}: bytes to layers and back, strictly. Sizes are checked before anything is
 * allocated, there is one encoding of everything, and trailing bytes are refused: what parses re-encodes to identical
 * bytes.
 *
 * <p>This package gives bytes a shape. What they mean to a key is left to {@code crypto}, which it does not know, and
 * what is believed of them to {@code dialog}.
 */
package io.dialogsecurity.wire;
