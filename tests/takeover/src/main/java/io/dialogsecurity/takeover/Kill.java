package io.dialogsecurity.takeover;

import java.util.List;
import java.util.Map;

/**
 * One round, as it went.
 *
 * @param round from 1
 * @param victim what was killed
 * @param who its name
 * @param gapMillis by lane, from the kill to the first message received after it; of lanes the victim has a part in
 * @param tally of the sealed lanes in this round
 * @param unsealed of the unsealed lanes in this round
 * @param refusals what guards and endpoints refused, as their audit logs say it
 * @param endpoints public-key operations of the applications' endpoints from the kill until all lanes go on
 * @param guard verifications of the active broker's guard, likewise
 * @param readable places on disks where the sealed text was found
 */
record Kill(
        int round,
        Victim victim,
        String who,
        Map<Lane, Double> gapMillis,
        Books.Tally tally,
        Books.Tally unsealed,
        List<String> refusals,
        Operations endpoints,
        long guard,
        List<String> readable) {

    /** Nothing lost, doubled, reordered, refused, altered or readable on the sealed side. */
    boolean good() {
        return tally.lost() == 0
                && tally.doubled() == 0
                && tally.reordered() == 0
                && tally.refused() == 0
                && tally.altered() == 0
                && refusals.isEmpty()
                && readable.isEmpty();
    }
}
