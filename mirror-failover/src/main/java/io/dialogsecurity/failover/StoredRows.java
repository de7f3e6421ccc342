package io.dialogsecurity.failover;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much a store remembers. Of a database that others write to as well, as it was some seconds ago.
 *
 * @param windows of receivers
 * @param claims windows of a guard
 * @param sequences numbers of senders
 * @param dialogs that are not closed
 * @param tombstones of closed dialogs
 */
public record StoredRows(long windows, long claims, long sequences, long dialogs, long tombstones) {

    /** The names of the kinds, in order. */
    public static final List<String> KINDS = List.of("claims", "dialogs", "sequences", "tombstones", "windows");

    /** The same by the names of the kinds. */
    public Map<String, Long> byKind() {
        return new TreeMap<>(Map.of(
                "windows", windows,
                "claims", claims,
                "sequences", sequences,
                "dialogs", dialogs,
                "tombstones", tombstones));
    }
}
