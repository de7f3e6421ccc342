/**
 * Suites and keys: what signs, wraps, derives and encrypts, and the counters that prove how seldom. Keys are handles
 * with verbs; none can be printed, compared by content or read. Every primitive is the JDK's or Bouncy Castle's.
 *
 * <p>How bytes are laid out in an envelope is left to {@code wire}, which this package does not know; which bytes are
 * fed to which key is decided in {@code dialog}.
 */
package io.dialogsecurity.crypto;
