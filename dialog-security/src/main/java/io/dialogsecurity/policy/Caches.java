package io.dialogsecurity.policy;

/**
 * The caches of an endpoint or a guard.
 *
 * @param outgoingPairs the key exchange keys and signed headers to seal with
 * @param verifiedHeaders the headers whose signatures have been verified
 * @param keyExchangeKeys the unwrapped key exchange keys
 * @param dialogKeys the unwrapped dialog session keys
 */
public record Caches(
        CachePolicy outgoingPairs, CachePolicy verifiedHeaders, CachePolicy keyExchangeKeys, CachePolicy dialogKeys) {
    /** What holds without a {@code <caches>} element. */
    public static final Caches DEFAULTS =
            new Caches(CachePolicy.DEFAULTS, CachePolicy.DEFAULTS, CachePolicy.DEFAULTS, CachePolicy.DEFAULTS);
}
