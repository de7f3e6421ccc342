/**
 * Dialogs: the order in which layers are built, believed and refused. {@link io.dialogsecurity.dialog.DialogEndpoint}
 * seals and opens for a service; {@link io.dialogsecurity.dialog.EnvelopeGuard} checks what can be checked without a
 * private key. Read {@link io.dialogsecurity.dialog.DialogOpener} from top to bottom: it goes through an envelope layer by
 * layer.
 *
 * <p>Bytes are left to {@code wire}, keys to {@code crypto}, certificates to {@code identity}, memory to {@code state};
 * how envelopes travel is not known here at all.
 */
package io.dialogsecurity.dialog;
