/**
 * The endpoint in a client's process, as all client paths share it: {@link
 * io.dialogsecurity.artemis.client.ClientEndpoint} reads {@code dialog-security.xml}, keeps it up to date and says what is
 * to be done with each message; {@link io.dialogsecurity.artemis.client.OutgoingDialogs} knows in which dialog a message
 * is sealed, {@link io.dialogsecurity.artemis.client.IncomingMessages} whether one that arrived is given to the
 * application.
 *
 * <p>How a provider's message becomes bytes, and where refused ones are put, is left to the paths: {@code jms}, {@code
 * interceptor}, {@code dialog}.
 */
package io.dialogsecurity.artemis.client;
