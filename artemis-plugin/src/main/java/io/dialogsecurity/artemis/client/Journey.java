package io.dialogsecurity.artemis.client;

/**
 * What the provider says of a message's way. None of it is authentic: the broker's word, or that of whoever wrote it into the
 * message.
 *
 * @param arrivedAt the address it arrived at, or null; counts for wildcard subscriptions only
 * @param movedFrom the address the broker has moved or copied it from, the last one if there were several; or null
 */
public record Journey(String arrivedAt, String movedFrom) {

    /** Nothing is said. */
    public static final Journey NONE = new Journey(null, null);
}
