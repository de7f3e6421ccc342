package io.dialogsecurity.testkit.plain;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** What a plain application sends. Values; the byte arrays in them are not copied and must not be changed. */
public sealed interface Body {

    /** A text; null for a text message without one, where the protocol knows it. */
    record Text(String text) implements Body {}

    /** Bytes. */
    record Binary(byte[] bytes) implements Body {}

    /** No body at all. */
    record None() implements Body {}

    /** Named values of JMS's map message. */
    record Fields(Map<String, Object> values) implements Body {}

    /** Values in order, of JMS's stream message. */
    record Items(List<Object> values) implements Body {}

    /** A serialised object of JMS's object message. */
    record Thing(Serializable object) implements Body {}
}
