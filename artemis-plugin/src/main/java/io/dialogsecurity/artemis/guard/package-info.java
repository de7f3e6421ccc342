/**
 * Verifies and authorises envelopes at the broker's door. It holds no private key; opening is left to the endpoints, and
 * showing what happens to {@code management}.
 *
 * <p>Read {@link io.dialogsecurity.artemis.guard.MessageGuard} first, then
 * {@link io.dialogsecurity.artemis.guard.PluginBoundary}, which every hook passes.
 *
 * <h2>What the guard can know</h2>
 *
 * <p>It verifies the initiator's signature over both identities and the wrapped keys, and where several targets share the
 * keys, each sender's signature over each message. Everything else in an envelope (dialog, sequence, destination, creation
 * time, and that the body is ciphertext at all) is authenticated by keys it does not have: to the guard these are claims.
 * So a claim is heard only from a connection whose authenticated user is entitled to speak for the service that claims
 * it, and what is remembered of claims is kept apart service by service.
 *
 * <h2>What an entitled but malicious connection can still do</h2>
 *
 * <p>One that has the password of a service's user, but not the service's private key:
 *
 * <ul>
 *   <li>With a captured header of its own service it can get messages past the guard that no receiver opens: made-up
 *       sequence numbers, bodies that are noise or even plaintext, headers of one dialog under the key of another. The
 *       receiver refuses each (MIC, commitment) and puts it into quarantine. It costs queue space and receivers' time,
 *       within what the broker's own settings allow that user.
 *   <li>It can spoil dialogs of <em>its own service</em>: by claiming a number before the honest instance does (the honest
 *       message is then a conflict) or a number far ahead (honest ones are then too old, or a gap). The sender sees the
 *       refusals and begins another dialog; the audit log names the user and the address of both. Instances of one service
 *       that should be safe from each other need users, and services, of their own.
 *   <li>It can make the guard forget the windows of its own service's dialogs, by beginning more than
 *       {@code MessageGuard.DIALOGS_PER_SERVICE} others; copies of messages younger than {@code message-max-age} then pass
 *       the guard once more, and are refused by the receiver's window.
 *   <li>It can send the same envelope at two brokers that do not share a guard's memory, or again after a restart, for as
 *       long as the envelope is not stale. The receiver's window refuses the copy.
 *   <li>It can fill the quarantine up to its bounds, after which refusals are only counted and audited.
 *   <li>It cannot touch another service's dialogs, windows or cached verifications; it cannot send where policy or the
 *       broker's security settings do not let its service; and nothing it sends is taken by a receiver for a message of
 *       anybody.
 * </ul>
 *
 * <h2>What is already on disk when the guard is asked</h2>
 *
 * <p>The broker writes large messages as they come, before any hook. For the core protocol the plugin blanks them in time
 * ({@code AnswerWatch}). Over AMQP above {@code amqpMinLargeMessageSize}, and over MQTT, STOMP and OpenWire above the
 * journal's record size, refused plaintext was in a file of the large-messages directory for as long as it took to arrive;
 * the file is deleted with the refusal.
 *
 * <h2>Who is told</h2>
 *
 * <p>Senders who wait get a security exception; transactions cannot be committed; whoever would not be told, or would be told that
 * all is well, loses the connection ({@code AnswerWatch}, {@code UntoldSenders}). Of a will there is nobody left to be told; its
 * refusal is in the audit log and the meters. Way by way, and refusal by refusal: {@code doc/BROKER-SIDE.md}.
 */
package io.dialogsecurity.artemis.guard;
