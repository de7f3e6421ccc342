/** The settings in {@code dialog-security.xml}, read and checked. Carrying them out is left to those who ask. */
package io.dialogsecurity.policy;
