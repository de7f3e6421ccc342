package io.dialogsecurity.artemis.client.interceptor;

/** Throws checked exceptions through signatures that do not declare them, where the caller's caller expects them. */
final class Unchecked {

    private Unchecked() {}

    /** Never returns; the return type lets the compiler know. */
    static RuntimeException rethrow(Throwable throwable) {
        throw Unchecked.<RuntimeException>sneakily(throwable);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneakily(Throwable throwable) throws T {
        throw (T) throwable;
    }
}
