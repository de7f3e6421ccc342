package io.dialogsecurity.identity;

/**
 * One block of a PEM file.
 *
 * @param label what its first line says it is
 * @param line where it begins, from 1
 * @param content the decoded bytes; the caller erases what is secret
 */
record PemBlock(String label, int line, byte[] content) {

    /** Never its content, which may be a key. */
    @Override
    public String toString() {
        return label + " in line " + line;
    }
}
