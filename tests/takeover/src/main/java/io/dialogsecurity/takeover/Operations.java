package io.dialogsecurity.takeover;

/** Public-key operations. */
record Operations(long signatures, long wraps, long verifications, long unwraps) {

    static final Operations NONE = new Operations(0, 0, 0, 0);

    Operations plus(Operations other) {
        return new Operations(
                signatures + other.signatures,
                wraps + other.wraps,
                verifications + other.verifications,
                unwraps + other.unwraps);
    }

    Operations minus(Operations other) {
        return new Operations(
                signatures - other.signatures,
                wraps - other.wraps,
                verifications - other.verifications,
                unwraps - other.unwraps);
    }

    /** In the order of their names. */
    @Override
    public String toString() {
        return signatures + "/" + wraps + "/" + verifications + "/" + unwraps;
    }
}
