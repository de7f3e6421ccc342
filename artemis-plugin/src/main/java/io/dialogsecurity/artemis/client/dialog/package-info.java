/** The explicit way: begin a dialog with a service, send, receive, end. */
package io.dialogsecurity.artemis.client.dialog;
