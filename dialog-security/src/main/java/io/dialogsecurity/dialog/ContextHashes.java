package io.dialogsecurity.dialog;

import io.dialogsecurity.wire.ContentKind;
import io.dialogsecurity.wire.MessageContext;

/**
 * The hashes of the message contexts last used under the same static headers. A dialog has few (a kind or two, one
 * destination), and each message needs the hash of its own. Thread-safe.
 */
final class ContextHashes {

    /** A message context and its hash under these static headers. */
    static final class Hashed {

        final MessageContext context;
        final byte[] hash;

        private Hashed(MessageContext context, byte[] hash) {
            this.context = context;
            this.hash = hash;
        }
    }

    /** Enough for dialogs that alternate between kinds; a dialog with more hashes a little, and is none the worse. */
    private static final int KEPT = 4;

    private final byte[] headerHash;
    private volatile Hashed[] kept = {};

    ContextHashes(byte[] headerHash) {
        this.headerHash = headerHash;
    }

    /** The hash of a context, which is not kept: who names it may be anybody yet. */
    Hashed of(MessageContext context) {
        for (Hashed each : kept) {
            if (each.context.equals(context)) {
                return each;
            }
        }
        return new Hashed(context, Transcript.contextHash(headerHash, context));
    }

    /** Keeps the hash of an authentic message's context. */
    void keep(Hashed hashed) {
        for (Hashed each : kept) {
            if (each == hashed) {
                return;
            }
        }
        Hashed[] present = kept;
        Hashed[] next = new Hashed[Math.min(present.length + 1, KEPT)];
        next[0] = hashed;
        System.arraycopy(present, 0, next, 1, next.length - 1);
        kept = next;
    }

    /** The context of messages to be sealed, and its hash, which is kept. */
    Hashed of(ContentKind kind, int flags, String destination, int chunkBytes) {
        for (Hashed each : kept) {
            if (each.context.is(kind, flags, destination, chunkBytes)) {
                return each;
            }
        }
        Hashed made = of(MessageContext.of(kind, flags, destination, chunkBytes));
        keep(made);
        return made;
    }
}
