/**
 * Derives a key once and lets many use it: caches behind the ports of the state package, bounded by entries and age, each
 * with a switch. Every endpoint has caches of its own, so that nothing crosses identities; what is in them is destroyed
 * when it has left the cache and nobody uses it any more. What may be cached, and for how long it is believed, is left to
 * the dialog package: a cache that is too small or off costs time, never safety.
 */
package io.dialogsecurity.cache;
