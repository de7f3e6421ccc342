package io.dialogsecurity.state;

import io.dialogsecurity.crypto.IdentityKey;
import io.dialogsecurity.id.ServiceName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Claim windows that live as long as the process. */
final class InMemoryClaimWindows implements ClaimWindows {

    private final int maxPerService;
    private final IdentityKey key = IdentityKey.random();
    private final Map<ServiceName, Windows> services = new ConcurrentHashMap<>();

    InMemoryClaimWindows(int maxPerService) {
        this.maxPerService = maxPerService;
    }

    @Override
    public ClaimWindow window(ClaimKey wanted) {
        Windows windows = services.computeIfAbsent(wanted.service(), name -> new Windows(maxPerService));
        synchronized (windows) {
            return windows.computeIfAbsent(wanted, ignored -> new InMemoryClaimWindow(key));
        }
    }

    @Override
    public long identify(EnvelopeIdentity envelope) {
        return envelope.digest(key);
    }

    @Override
    public long size() {
        long size = 0;
        for (Windows windows : services.values()) {
            synchronized (windows) {
                size += windows.size();
            }
        }
        return size;
    }

    private static final class Windows extends LinkedHashMap<ClaimKey, ClaimWindow> {

        private static final long serialVersionUID = 1L;

        private final int max;

        private Windows(int max) {
            super(16, 0.75f, true);
            this.max = max;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClaimKey, ClaimWindow> eldest) {
            return size() > max;
        }
    }
}
