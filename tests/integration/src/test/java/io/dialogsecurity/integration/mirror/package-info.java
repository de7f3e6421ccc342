/** Two guarded brokers that mirror each other, and what services notice when one of them dies. */
package io.dialogsecurity.integration.mirror;
