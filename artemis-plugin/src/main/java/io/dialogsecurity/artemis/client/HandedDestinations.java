package io.dialogsecurity.artemis.client;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which message a reply address came with: the very object the application was handed, not its name, which anybody may
 * repeat. Holds no object that the application has let go of. Thread-safe.
 */
final class HandedDestinations {

    /**
     * What an object came with.
     *
     * @param request null for a message that was not sealed
     * @param certain whether it came with this message only; providers may hand out one object twice
     */
    record Origin(ReplyBook.Request request, boolean certain) {}

    private static final class Handle extends WeakReference<Object> {

        private final int hash;

        Handle(Object destination, ReferenceQueue<Object> queue) {
            super(destination, queue);
            hash = System.identityHashCode(destination);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return this == other || (other instanceof Handle handle && get() != null && get() == handle.get());
        }
    }

    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();
    private final Map<Handle, Origin> origins = new ConcurrentHashMap<>();

    /** @param request null for a message that was not sealed */
    void handed(Object destination, ReplyBook.Request request) {
        for (Object handle = gone.poll(); handle != null; handle = gone.poll()) {
            origins.remove(handle);
        }
        origins.merge(
                new Handle(destination, gone),
                new Origin(request, true),
                (before, now) -> new Origin(request, before.certain() && before.request() == request));
    }

    /** What the object came with; null if that is not known, or not for certain. */
    Origin originOf(Object destinationOrNull) {
        if (destinationOrNull == null) {
            return null;
        }
        Origin origin = origins.get(new Handle(destinationOrNull, null));
        return origin == null || !origin.certain() ? null : origin;
    }
}
