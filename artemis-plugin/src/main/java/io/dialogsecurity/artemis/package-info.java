/**
 * The broker plugin, and the only place where the modules are wired together.
 *
 * <p>{@link io.dialogsecurity.artemis.DialogSecurityPlugin} is what {@code broker.xml} names. It reads the policy when the
 * broker starts and watches it afterwards; the decisions are left to {@code guard}, showing them to {@code management}.
 */
package io.dialogsecurity.artemis;
