package io.dialogsecurity.artemis.guard;

/** A refusal whose reason is told to whoever asked, because he administers the broker. */
final class ToldException extends Exception {

    private static final long serialVersionUID = 1L;

    ToldException(String reason) {
        super(reason, null, false, false);
    }
}
