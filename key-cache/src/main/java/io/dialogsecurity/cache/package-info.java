/** Derives a key once and lets many use it: caches behind the ports of the state package. */
package io.dialogsecurity.cache;
