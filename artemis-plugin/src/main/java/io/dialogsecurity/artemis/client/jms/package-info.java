/**
 * A Jakarta Messaging connection factory around another: {@link
 * io.dialogsecurity.artemis.client.jms.SecureConnectionFactory}. Applications go on using the API they know; what their
 * sessions send is sealed, what their consumers receive is opened, and what is refused goes to the quarantine in the same
 * session, so within its transaction.
 *
 * <p>Works over any provider, through the API alone: the provider's messages carry the envelope as the body of a bytes
 * message, and the application sees messages of this package. Which dialog, and whether to trust, is left to {@code
 * client}.
 */
package io.dialogsecurity.artemis.client.jms;
