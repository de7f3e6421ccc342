/**
 * The settings in {@code dialog-security.xml}, read and checked: whom to trust, which services there are, what is done
 * on which address, and the limits of keys, messages and caches. One file gives one immutable {@link
 * io.dialogsecurity.policy.SecurityPolicy}, or one line that says what is wrong, where, and the remedy.
 *
 * <p>Carrying the settings out is left to those who ask, as is watching the files and reading them again.
 */
package io.dialogsecurity.policy;
