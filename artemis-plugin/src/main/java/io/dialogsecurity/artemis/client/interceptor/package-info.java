/** Seals and opens under an Artemis core client, switched on by the connection URL. */
package io.dialogsecurity.artemis.client.interceptor;
