package io.dialogsecurity.failover;

import java.nio.ByteBuffer;

/**
 * A checksum of 64 bits over numbers, bytes and text, in order. It finds what was torn, mixed up or damaged by accident; it
 * is no MIC: the store has no secret, and whoever may write its files may write a right checksum too.
 */
final class Checksum {

    private long value;

    Checksum(long seed) {
        value = seed;
    }

    static long mix(long sum, long next) {
        long mixed = (sum ^ next) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        return mixed ^ (mixed >>> 32);
    }

    Checksum add(long next) {
        value = mix(value + 1, next);
        return this;
    }

    Checksum add(byte[] bytes) {
        add(bytes.length);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.remaining() >= Long.BYTES) {
            add(buffer.getLong());
        }
        while (buffer.hasRemaining()) {
            add(buffer.get());
        }
        return this;
    }

    long value() {
        return value;
    }

    static long of(byte[] bytes) {
        return new Checksum(0).add(bytes).value();
    }
}
