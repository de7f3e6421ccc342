/** What the client paths share: one endpoint per service in a client process. */
package io.dialogsecurity.artemis.client;
