/**
 * What keeps a dialog going when a broker or an instance dies: endpoint state that outlives the process ({@link
 * io.dialogsecurity.failover.EndpointStore}), behind the ports of {@code io.dialogsecurity.state}. Knows a database; knows
 * no broker and no cache. Who opens a store, and what is learned again from queued messages, is the plugin's to say.
 */
package io.dialogsecurity.failover;
