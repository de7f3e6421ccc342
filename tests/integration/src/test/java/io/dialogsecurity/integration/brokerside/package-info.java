/** Plain applications of every protocol and a broker that seals and opens for them. */
package io.dialogsecurity.integration.brokerside;
