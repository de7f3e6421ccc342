package io.dialogsecurity.artemis.management;

import java.util.List;
import java.util.Map;

/** What an administrator sees of the guard, and may do. Holds no keys and no messages. */
public interface DialogSecurityMXBean {

    /** The file the policy was read from. */
    String getPolicyFile();

    /** When the policy that is applied was read, ISO 8601. */
    String getPolicyLoadedAt();

    /** Why the latest attempt to read the policy failed, or empty. */
    String getPolicyProblem();

    /** How often the policy was replaced while running. */
    long getReloadCount();

    /** How often a new policy was wrong and the old one stayed. */
    long getFailedReloadCount();

    /** Sealed messages that passed. */
    long getAcceptedCount();

    /** Identical copies of stored messages, which were taken from their senders and go nowhere. */
    long getAbsorbedCount();

    /** Numbers that two different messages have, both stored: two brokers accepted clients at the same time. */
    long getForkCount();

    /** Messages the broker has sealed for plain applications. */
    long getSealedCount();

    /** Messages the broker has opened for plain consumers, redeliveries and looks of browsers included. */
    long getOpenedCount();

    /** Messages that passed unsealed, because {@code plaintext-until} bears with that. */
    long getToleratedCount();

    /** Messages that passed and would have been refused without {@code dry-run}. */
    long getWouldRefuseCount();

    /** How often messages were withheld from a consumer; counted once per consumer and reason. */
    long getWithheldCount();

    /** Messages refused, for whatever reason. */
    long getRefusedCount();

    /** Messages refused, by reason; reasons that never occurred are left out. */
    Map<String, Long> getRefusedByReason();

    /** Refused messages that were kept. */
    long getQuarantinedCount();

    /** Refused messages that could not be kept. */
    long getQuarantineFailureCount();

    /** Hooks that failed for a reason of ours. */
    long getHookFailureCount();

    /** Where refused messages are kept. */
    String getQuarantineAddress();

    /** Signatures verified, without those of certificate paths. */
    long getVerificationCount();

    /** How many dialogs' sequence numbers are remembered. */
    long getDialogsRemembered();

    /** Whether endpoint state is kept beyond this run. */
    boolean isStateOpen();

    /** Why endpoint state does not reach its database, and what to do; or empty. */
    String getStateProblem();

    /** Changes of endpoint state that its database does not have yet. */
    long getStateUncommitted();

    /** How much of the tail, where such changes wait, is in use: 0 to 1. At 1 envelopes are refused. */
    double getStateTailFill();

    /** How much endpoint state is stored, by kind: windows, claims, sequences, dialogs, tombstones. */
    Map<String, Long> getStateRows();

    /**
     * What is remembered of those who are connected, by what it is of: sealing-sessions, transacted-sessions, consumers, and
     * messages on their way out into the quarantine. Nothing of it outlives its session or consumer.
     */
    Map<String, Long> getConnectedState();

    /** Entries by cache. */
    Map<String, Long> getCacheSizes();

    /** Share of look-ups answered from the cache, 0 to 1, by cache. */
    Map<String, Double> getCacheHitRatios();

    /** Trust anchors the policy was read with. */
    int getTrustAnchorCount();

    /** Revocation lists the policy was read with. */
    int getRevocationListCount();

    /** Certificates of services and identities the policy was read with. */
    int getCertificateCount();

    /** The services of the policy, one line per certificate: name, end of validity, fingerprint. */
    List<String> getServices();

    /** What the policy does where, one line per address. */
    List<String> getAddresses();

    /** What should be seen to: certificates and revocation lists that end soon or have ended. */
    List<String> getWarnings();

    /** Reads the policy again; if it is wrong, the one before stays. Returns what happened, in one line. */
    String reload();

    /**
     * Drives dead letters, or what is in quarantine, back to where it was sealed for. Each message is judged again, by certificates,
     * revocations and policy as they are now, its age as of when it came; what is still refused stays.
     *
     * @param queue the name of the queue that is emptied
     * @param filter a filter as in broker.xml, or empty for all messages
     * @return a line {@code redriven=… stayed=…}, and a line for each message that stays: id, reason, detail
     */
    List<String> redrive(String queue, String filter);

    /** As {@link #redrive}, for one message. */
    List<String> redriveMessage(String queue, long messageId);

    /** Forgets which headers have been verified; they are verified again when seen next. */
    void flushCaches();
}
