package io.dialogsecurity.policy;

/** Decodes a password that stands in the file as {@code ENC(encoded)}, for instance with the broker's own codec. */
@FunctionalInterface
public interface PasswordDecoder {
    /**
     * The password.
     *
     * @param encoded what stands between the parentheses
     * @throws Exception if it cannot be decoded; the message is not shown, because it could quote the password
     */
    String decode(String encoded) throws Exception;
}
