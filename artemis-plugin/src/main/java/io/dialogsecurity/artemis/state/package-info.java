/** Endpoint state as a policy describes it, for the guard and for clients alike. */
package io.dialogsecurity.artemis.state;
