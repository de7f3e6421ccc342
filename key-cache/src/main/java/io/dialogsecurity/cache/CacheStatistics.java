package io.dialogsecurity.cache;

/**
 * What a cache has done since it was made. A snapshot, not an instant.
 *
 * @param hits look-ups answered from the cache, those that waited for another's derivation included
 * @param misses look-ups that had to derive, successfully or not
 * @param evictions values dropped for want of room or for their age; not those invalidated or replaced
 * @param size about how many values are held now
 */
public record CacheStatistics(long hits, long misses, long evictions, long size) {}
