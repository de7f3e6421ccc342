/** Room for what keeps a dialog going when a broker or an instance dies. Nothing is here yet. */
package io.dialogsecurity.failover;
