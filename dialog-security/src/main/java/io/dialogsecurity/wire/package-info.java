/** Bytes to header layers and back, strictly. It knows no keys; what the bytes protect is left to the crypto package. */
package io.dialogsecurity.wire;
