package io.dialogsecurity.artemis.management;

import io.dialogsecurity.artemis.guard.Fork;
import io.dialogsecurity.artemis.guard.GuardListener;
import io.dialogsecurity.artemis.guard.Refusal;
import io.dialogsecurity.artemis.guard.Resend;
import io.dialogsecurity.artemis.guard.Withheld;
import io.dialogsecurity.dialog.Rejection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what the guard decides, and writes one line per refusal to the audit log. Thread-safe.
 *
 * <p>The audit log is the SLF4J logger {@value #AUDIT_LOGGER}; its lines hold no bytes of any message.
 */
public final class GuardMonitor implements GuardListener {

    /** The name of the audit log. */
    public static final String AUDIT_LOGGER = "io.dialogsecurity.audit";

    private static final long BETWEEN_TOLD_MILLIS = 60_000;
    private static final int MOST_TOLD = 10_000;
    /** Lines of the audit log that say the same of the same user, in a minute. */
    private static final int LINES_PER_MINUTE = 500;

    private static final Logger AUDIT = LoggerFactory.getLogger(AUDIT_LOGGER);
    private static final Logger LOG = LoggerFactory.getLogger(GuardMonitor.class);

    private final LongAdder accepted = new LongAdder();
    private final LongAdder absorbed = new LongAdder();
    private final LongAdder forked = new LongAdder();
    private final LongAdder wouldRefuse = new LongAdder();
    private final LongAdder tolerated = new LongAdder();
    private final LongAdder withheld = new LongAdder();
    /** When it was last said that messages of a user to an address are tolerated, milliseconds since the epoch. */
    private final Map<String, Long> toldOfToleration = new ConcurrentHashMap<>();

    private final RepeatedLines lines = new RepeatedLines(LINES_PER_MINUTE);

    private final LongAdder quarantined = new LongAdder();
    private final LongAdder quarantineFailures = new LongAdder();
    private final LongAdder hookFailures = new LongAdder();
    private final LongAdder reloads = new LongAdder();
    private final LongAdder failedReloads = new LongAdder();
    private final Map<Rejection, LongAdder> refused = new EnumMap<>(Rejection.class);

    /** A monitor at zero. */
    public GuardMonitor() {
        for (Rejection reason : Rejection.values()) {
            refused.put(reason, new LongAdder());
        }
    }

    @Override
    public void accepted(String address) {
        accepted.increment();
    }

    @Override
    public void absorbed(Resend resend) {
        absorbed.increment();
        if (!admits("absorbed", "", resend.user())) {
            return;
        }
        AUDIT.info(
                "absorbed sender={} user={} remote={} protocol={} address={} dialog={} sequence={}",
                text(resend.sender()),
                text(resend.user()),
                text(resend.remoteAddress()),
                text(resend.protocol()),
                text(resend.address()),
                text(resend.dialog()),
                resend.sequence());
    }

    @Override
    public void forked(Fork fork) {
        forked.increment();
        AUDIT.warn(
                "forked sender={} address={} dialog={} sequence={}",
                text(fork.sender()),
                text(fork.address()),
                text(fork.dialog()),
                fork.sequence());
    }

    @Override
    public void refused(Refusal refusal) {
        refused.get(refusal.rejected().reason()).increment();
        if (refusal.quarantined()) {
            quarantined.increment();
        }
        if (!admits("refused", refusal.rejected().reason().name(), refusal.user())) {
            return;
        }
        AUDIT.warn(
                "refused reason={} code={} layer={} sender={} user={} remote={} protocol={} address={} dialog={}"
                        + " sequence={} quarantined={} detail={}",
                refusal.rejected().reason(),
                refusal.rejected().reason().code(),
                refusal.rejected().layer(),
                text(refusal.claimedSender()),
                text(refusal.user()),
                text(refusal.remoteAddress()),
                text(refusal.protocol()),
                text(refusal.address()),
                text(refusal.dialog()),
                refusal.sequence(),
                refusal.quarantined(),
                text(refusal.rejected().detail()));
    }

    @Override
    public void wouldRefuse(Refusal refusal) {
        wouldRefuse.increment();
        if (!admits("would-refuse", refusal.rejected().reason().name(), refusal.user())) {
            return;
        }
        AUDIT.info(
                "would-refuse reason={} code={} layer={} sender={} user={} remote={} protocol={} address={} dialog={}"
                        + " sequence={} detail={}",
                refusal.rejected().reason(),
                refusal.rejected().reason().code(),
                refusal.rejected().layer(),
                text(refusal.claimedSender()),
                text(refusal.user()),
                text(refusal.remoteAddress()),
                text(refusal.protocol()),
                text(refusal.address()),
                text(refusal.dialog()),
                refusal.sequence(),
                text(refusal.rejected().detail()));
    }

    @Override
    public void tolerated(String address, String user, String protocol) {
        tolerated.increment();
        long now = System.currentTimeMillis();
        if (toldOfToleration.size() >= MOST_TOLD) {
            toldOfToleration.clear();
        }
        Long before = toldOfToleration.get(address + '\n' + user);
        if (before == null || now - before > BETWEEN_TOLD_MILLIS) {
            toldOfToleration.put(address + '\n' + user, now);
            AUDIT.warn(
                    "tolerated unsealed user={} protocol={} address={}; told once a minute, each is counted",
                    text(user),
                    text(protocol),
                    text(address));
        }
    }

    @Override
    public void withheld(Withheld what) {
        withheld.increment();
        AUDIT.warn(
                "withheld user={} remote={} protocol={} address={} queue={} why={}",
                text(what.user()),
                text(what.remoteAddress()),
                text(what.protocol()),
                text(what.address()),
                text(what.queue()),
                text(what.why()));
    }

    @Override
    public void quarantineFailed(String address, String why) {
        quarantineFailures.increment();
        if (!lines.admits("not-kept why=" + text(why), System.currentTimeMillis())) {
            return;
        }
        LOG.warn("A refused message was not kept: {}", text(why));
    }

    @Override
    public void failed(String hook, Throwable cause) {
        hookFailures.increment();
        LOG.error("The guard failed in {}; what it was asked about was refused", hook, cause);
    }

    /** Whether there have been few enough lines like this of the user lately. */
    private boolean admits(String what, String reason, String user) {
        return lines.admits(what + " reason=" + text(reason) + " user=" + text(user), System.currentTimeMillis());
    }

    /** Tells how many lines were left out because there were too many alike; to be called every few seconds. */
    void tellRepeated() {
        for (RepeatedLines.LeftOut leftOut : lines.takeLeftOut(System.currentTimeMillis())) {
            AUDIT.warn("repeated {} more={}", leftOut.what(), leftOut.count());
        }
    }

    /** The configuration was read again and is applied. */
    public void reloaded(String file, String by) {
        reloads.increment();
        AUDIT.info("reloaded file={} by={}", text(file), by);
    }

    /** The configuration was read again and is wrong; the one before stays. */
    public void reloadFailed(String problem) {
        failedReloads.increment();
        LOG.warn("The new configuration is not applied, the one before stays: {}", text(problem));
    }

    /** Messages that passed. */
    public long acceptedCount() {
        return accepted.sum();
    }

    /** Identical copies of stored messages, which were taken and go nowhere. */
    public long absorbedCount() {
        return absorbed.sum();
    }

    /** Numbers that two different stored messages have. */
    public long forkedCount() {
        return forked.sum();
    }

    /** Messages that passed and would have been refused without {@code dry-run}. */
    public long wouldRefuseCount() {
        return wouldRefuse.sum();
    }

    /** Messages that passed unsealed, because policy bears with that for a while. */
    public long toleratedCount() {
        return tolerated.sum();
    }

    /** How often it was told that messages are withheld from a consumer. */
    public long withheldCount() {
        return withheld.sum();
    }

    /** Messages refused for a reason. */
    public long refusedCount(Rejection reason) {
        return refused.get(reason).sum();
    }

    /** Refused messages that were put into quarantine. */
    public long quarantinedCount() {
        return quarantined.sum();
    }

    /** Refused messages that could not be put into quarantine. */
    public long quarantineFailureCount() {
        return quarantineFailures.sum();
    }

    /** Hooks that failed for a reason of ours. */
    public long hookFailureCount() {
        return hookFailures.sum();
    }

    /** Configurations applied after the first. */
    public long reloadCount() {
        return reloads.sum();
    }

    /** Configurations that were wrong. */
    public long failedReloadCount() {
        return failedReloads.sum();
    }

    /** Names and addresses come from strangers: one line stays one line, and a value cannot pretend to be another. */
    static String text(String value) {
        if (value == null || value.isEmpty()) {
            return "-";
        }
        StringBuilder text = new StringBuilder(value.length());
        for (int i = 0; i < Math.min(value.length(), 400); i++) {
            char c = value.charAt(i);
            text.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || c == '=' ? '?' : c);
        }
        return text.toString();
    }
}
