/** What several test modules share: certificates, brokers to start and stop, waiting for conditions. */
package io.dialogsecurity.testkit;
