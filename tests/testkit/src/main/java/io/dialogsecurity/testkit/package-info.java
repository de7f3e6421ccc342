/**
 * What the integration tests, the demo and the benchmarks need to work with the real thing: the
 * Artemis distribution, brokers and clients in processes of their own that can be killed in the
 * middle, the broker's management, a search for plaintext on disk, and plain applications of every
 * protocol ({@link io.dialogsecurity.testkit.plain}).
 *
 * <p>It knows nothing of dialogs, envelopes or keys, and asserts nothing; that is left to its users.
 * Every process started from here is gone when the starting JVM ends.
 */
package io.dialogsecurity.testkit;
