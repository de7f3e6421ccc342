/** Seals and opens around any Jakarta JMS connection factory. */
package io.dialogsecurity.artemis.client.jms;
