package io.dialogsecurity.artemis.message;

/** A body that would be larger than is allowed once it is inflated. */
public final class BodyTooLargeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    BodyTooLargeException(String message) {
        super(message);
    }
}
