/** Verifies and authorises envelopes at the broker's door. It holds no private key; opening is left to the endpoints. */
package io.dialogsecurity.artemis.guard;
