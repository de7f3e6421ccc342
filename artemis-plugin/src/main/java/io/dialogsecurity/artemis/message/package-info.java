/**
 * What the broker's and the clients' messages are made of: their bodies and headers in words every protocol understands,
 * and back. It knows no policy and no dialog's keys; who seals and opens, and when, is left to the client paths and to the
 * broker-side endpoint.
 */
package io.dialogsecurity.artemis.message;
