package io.dialogsecurity.artemis.guard;

/**
 * Two different messages with the same number in one dialog, both of which a door has let in: two brokers accepted clients at
 * the same time, and two instances went on in the dialog.
 *
 * @param sender the service both name as their sender
 * @param address where the second one is
 * @param dialog the dialog id
 * @param sequence the number both have
 */
public record Fork(String sender, String address, String dialog, long sequence) {}
