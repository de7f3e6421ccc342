/** Seals and opens the messages of a dialog, and verifies envelopes without their keys. It brings the other packages together. */
package io.dialogsecurity.dialog;
