/**
 * Dialogs by name: an application begins one with a service, sends, receives, and ends it. {@link
 * io.dialogsecurity.artemis.client.dialog.Dialogs} is where to start. Envelopes are the same as on the other client
 * paths, so the other side need not know of this one.
 *
 * <p>Sessions, messages and the quarantine are left to {@code client.jms}.
 */
package io.dialogsecurity.artemis.client.dialog;
