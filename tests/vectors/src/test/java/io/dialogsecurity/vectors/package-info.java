/** Runs the test vectors, and counts them. */
package io.dialogsecurity.vectors;
