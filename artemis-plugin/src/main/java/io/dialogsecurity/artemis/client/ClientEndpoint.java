package io.dialogsecurity.artemis.client;

import io.dialogsecurity.artemis.speaker.Generation;
import io.dialogsecurity.artemis.speaker.PairPriming;
import io.dialogsecurity.artemis.speaker.Speaker;
import io.dialogsecurity.artemis.state.PolicyStore;
import io.dialogsecurity.crypto.CryptoCounters;
import io.dialogsecurity.dialog.DialogEndpoint;
import io.dialogsecurity.dialog.ForkReport;
import io.dialogsecurity.dialog.Opened;
import io.dialogsecurity.dialog.Rejected;
import io.dialogsecurity.dialog.Rejection;
import io.dialogsecurity.failover.EndpointStore;
import io.dialogsecurity.failover.Health;
import io.dialogsecurity.failover.StoreException;
import io.dialogsecurity.id.ServiceName;
import io.dialogsecurity.policy.AddressPolicy;
import io.dialogsecurity.policy.Limits;
import io.dialogsecurity.policy.PolicyException;
import io.dialogsecurity.policy.SecurityPolicy;
import io.dialogsecurity.policy.SecurityPolicyReader;
import io.dialogsecurity.policy.StatePolicy;
import io.dialogsecurity.state.DialogStates;
import io.dialogsecurity.state.ReceiveWindows;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Seals and opens in a client's process, as its {@code dialog-security.xml} says. One endpoint serves all connections of
 * the process; its caches and its memory of replies are theirs together. Thread-safe.
 *
 * <p>The file, and every file it names, is watched. A change is applied to the next message; a file that is wrong is
 * reported in one line, and the last good one stays. Where endpoint state is kept does not change while the process runs.
 */
public final class ClientEndpoint implements AutoCloseable {

    /** System property with the path of the configuration. */
    public static final String CONFIG_PROPERTY = "dialogsecurity.config";

    /** Environment variable with the path of the configuration. */
    public static final String CONFIG_VARIABLE = "DIALOG_SECURITY_CONFIG";

    /** Where the configuration is if nothing else says so: in the working directory. */
    public static final String DEFAULT_CONFIG = "dialog-security.xml";

    /** Where endpoint state is if policy wants it and names no place: beside the configuration. */
    private static final String STATE_DIRECTORY = "state";

    private static final int MAX_DIALOGS_WATCHED = 100_000;

    private static final Map<Path, ClientEndpoint> SHARED = new ConcurrentHashMap<>();

    private final Path file;
    private final InstantSource clock;
    private final SecurityPolicyReader reader;
    /** What is remembered beyond the life of the process, or null. */
    private final EndpointStore store;

    private final ReceiveWindows windows;
    private final DialogStates dialogs;
    private final UnsentMessages unsent = new UnsentMessages();
    private final ReplyBook replies;
    private final ToleratedPlaintext plaintextWarnings;
    private final RemovedCopies removedCopies = new RemovedCopies();
    private final ClientCounters counters = new ClientCounters();
    private final AuditLog audit = new AuditLog();
    private final List<Speaker> retired = new ArrayList<>();
    private final FileWatch watch;
    private volatile Generation generation;
    private boolean closed;

    private ClientEndpoint(Path file, InstantSource clock) {
        this.file = file.toAbsolutePath().normalize();
        this.clock = clock;
        this.reader = new SecurityPolicyReader().withClock(clock);
        this.replies = new ReplyBook(clock);
        this.plaintextWarnings = new ToleratedPlaintext(clock);
        SecurityPolicy policy = reader.read(this.file);
        this.store = openState(policy);
        this.windows = store == null ? ReceiveWindows.inMemory(MAX_DIALOGS_WATCHED) : store.windows();
        this.dialogs = store == null ? DialogStates.inMemory(MAX_DIALOGS_WATCHED) : store.dialogs();
        this.generation = apply(policy, null);
        audit.configured(this.file, "in use, speaking for " + generation.names());
        policy.warnings(clock.instant()).forEach(audit::warning);
        this.watch = FileWatch.start(policy.files(), this::reload);
        PairPriming.start(generation);
    }

    private EndpointStore openState(SecurityPolicy policy) {
        try {
            return policy.state()
                    .filter(StatePolicy::enabled)
                    .map(state -> openState(state, policy.limits().withMessageMaxAge(policy.longestMessageAge())))
                    .orElse(null);
        } catch (StoreException e) {
            policy.close();
            throw e;
        }
    }

    private EndpointStore openState(StatePolicy state, Limits limits) {
        EndpointStore opened = PolicyStore.open(state, file.resolveSibling(STATE_DIRECTORY), limits, clock);
        if (opened.needsRebuild()) {
            audit.warning(
                    "Endpoint state was begun anew: copies of what was received before are not known; see the files set aside");
        }
        if (!opened.isComplete()) {
            opened.learned(); // a client has nothing to learn from
        }
        return opened;
    }

    /**
     * The endpoint of this process for a configuration. It lives as long as the process; closing it does nothing.
     *
     * @param explicit path of the configuration, or null to look where {@link #locate} looks
     * @throws PolicyException if there is no endpoint yet and the configuration cannot be used
     * @throws StoreException if the endpoint state it asks for cannot be opened
     */
    public static ClientEndpoint shared(String explicit) {
        return SHARED.computeIfAbsent(locate(explicit).toAbsolutePath().normalize(), ClientEndpoint::open);
    }

    /**
     * An endpoint of the caller's own, to be closed by the caller.
     *
     * @throws PolicyException if the configuration cannot be used
     * @throws StoreException if the endpoint state it asks for cannot be opened
     */
    public static ClientEndpoint open(Path configuration) {
        return open(configuration, InstantSource.system());
    }

    static ClientEndpoint open(Path configuration, InstantSource clock) {
        return new ClientEndpoint(configuration, clock);
    }

    /**
     * Where the configuration is: as given, else in the system property {@value #CONFIG_PROPERTY}, else in the environment
     * variable {@value #CONFIG_VARIABLE}, else {@value #DEFAULT_CONFIG} in the working directory.
     *
     * @param explicit may be null or empty
     */
    public static Path locate(String explicit) {
        if (explicit != null && !explicit.isBlank()) {
            return Path.of(explicit);
        }
        String property = System.getProperty(CONFIG_PROPERTY);
        if (property != null && !property.isBlank()) {
            return Path.of(property);
        }
        String variable = System.getenv(CONFIG_VARIABLE);
        if (variable != null && !variable.isBlank()) {
            return Path.of(variable);
        }
        return Path.of(DEFAULT_CONFIG);
    }

    // --- For the paths

    /** Envelopes of which nobody knows whether they arrived. */
    public UnsentMessages unsent() {
        return unsent;
    }

    /**
     * The dialogs of one JMS session, or of one channel: one sequence of sent messages.
     *
     * @param transacted whether {@link OutgoingDialogs#committed} and {@link OutgoingDialogs#rolledBack} will be called
     */
    public OutgoingDialogs outgoing(boolean transacted) {
        return new OutgoingDialogs(this, transacted);
    }

    /**
     * What a consumer needs to judge what it receives.
     *
     * @param address the address it subscribed to, without queue name and prefix; words of wildcards for a wildcard
     *     subscription
     * @param temporary whether it is a temporary destination, where only replies are expected
     */
    public IncomingMessages incoming(String address, boolean temporary) {
        return incoming(address, "", temporary);
    }

    /**
     * As {@link #incoming(String, boolean)}, for one of several queues that are each given a copy of every message.
     *
     * @param subscription the queue's name, or another name that no other subscription of this process has
     */
    public IncomingMessages incoming(String address, String subscription, boolean temporary) {
        return new IncomingMessages(this, address, subscription, temporary);
    }

    /** In which dialogs replies are to be sealed. */
    public ReplyBook replies() {
        return replies;
    }

    /** What policy says about an address. */
    public AddressPolicy policy(String address) {
        return generation.rule(address);
    }

    /** Where refused messages go. */
    public String quarantineAddress() {
        return generation.policy().quarantineAddress();
    }

    /** The largest envelope that is taken into memory, in bytes; larger ones are streamed. */
    public int maxEnvelopeBytes() {
        return generation.policy().limits().maxEnvelopeBytes();
    }

    /** The services this process speaks for. */
    public Set<ServiceName> serviceNames() {
        return generation.names();
    }

    /** Addresses that are sealed to a service, with all that policy says about them, in the order of the file. */
    public List<AddressPolicy> policiesFor(ServiceName receiver) {
        return generation.policy().addresses().stream()
                .filter(rule -> rule.receivers().contains(receiver))
                .toList();
    }

    /** The configuration. */
    public Path configuration() {
        return file;
    }

    /** Reports that a refused message is in the quarantine. */
    public void quarantined(String address, Rejected rejected) {
        counters.quarantined.increment();
        audit.quarantined(address, quarantineAddress(), rejected.reason());
    }

    /** Reports that a refused message could not be put into the quarantine, and was left where it was. */
    public void quarantineFailed(String address, Rejected rejected, Throwable why) {
        counters.quarantineFailures.increment();
        audit.quarantineFailed(address, quarantineAddress(), rejected.reason(), why);
    }

    /** Counts and audits a message that a path refused to send before a dialog was asked. */
    public void refusedOutgoing(String address, Rejection reason, String detail) {
        counters.countRefusedOutgoing(reason);
        audit.refusedOutgoing(address, reason, detail);
    }

    /** Counts and audits a received message that a path refused by itself. */
    public void refusedIncoming(String address, Rejected rejected) {
        counters.countRefusedIncoming(rejected.reason());
        audit.refusedIncoming(address, rejected);
    }

    // --- To be watched

    /** How endpoint state is doing; empty if none is kept beyond the life of the process. */
    public Optional<Health> stateHealth() {
        return Optional.ofNullable(store).map(EndpointStore::health);
    }

    /** What has been done so far. */
    public ClientCounters.Snapshot counters() {
        return counters.snapshot();
    }

    /** What has been computed so far, all identities together. */
    public CryptoCounters.Snapshot cryptoCounters() {
        CryptoCounters.Snapshot sum = new CryptoCounters().snapshot();
        for (DialogEndpoint endpoint : generation.endpoints()) {
            sum = sum.plus(endpoint.counters());
        }
        return sum;
    }

    // --- Inside

    Generation generation() {
        return generation;
    }

    ClientCounters count() {
        return counters;
    }

    AuditLog audit() {
        return audit;
    }

    /** The clock of this endpoint. */
    public InstantSource clock() {
        return clock;
    }

    void toleratedPlaintext(String address, Instant until) {
        counters.toleratedPlaintext.increment();
        if (plaintextWarnings.warnOf(address)) {
            audit.toleratedPlaintext(address, until);
        }
    }

    void duplicateRemoved(String address, Opened message) {
        counters.duplicates.increment();
        audit.duplicateRemoved(address, message);
        if (removedCopies.manyAt(address)) {
            audit.warning(RemovedCopies.MANY + " copies of messages have been removed at " + address
                    + " which had been acknowledged before; if its queue is non-destructive or keeps last values, or"
                    + " dead letters of several subscriptions meet there, say replays=\"allow\" for it in " + file);
        }
    }

    private void forked(ForkReport report) {
        counters.forks.increment();
        audit.forked(report);
    }

    /** Reads the configuration again. What is wrong with it is logged, and the last good one stays. */
    public synchronized void reload() {
        if (closed) {
            return;
        }
        SecurityPolicy policy;
        try {
            policy = reader.reread(file);
        } catch (PolicyException e) {
            audit.configurationRefused(e.getMessage());
            return;
        }
        try {
            generation = apply(policy, generation);
            watch.files(policy.files());
            audit.configured(file, "read again and in use");
            policy.warnings(clock.instant()).forEach(audit::warning);
        } catch (RuntimeException e) {
            policy.close();
            audit.configurationRefused(file + ": " + e.getMessage());
        }
    }

    private Generation apply(SecurityPolicy policy, Generation previous) {
        if (policy.identities().isEmpty()) {
            throw new IllegalStateException(
                    policy.file() + ": has no <identity>; add the service this process speaks for");
        }
        policy.state().ifPresent(StatePolicy::close); // opened once, when the process started
        closeRetired();
        return Generation.of(
                policy,
                every -> true,
                previous,
                retired::add,
                builder -> builder.windows(windows).dialogs(dialogs).onFork(this::forked),
                clock);
    }

    /** An identity is erased one reading after the one that dropped it: what still holds it has noticed by then. */
    private void closeRetired() {
        retired.forEach(Speaker::close);
        retired.clear();
    }

    /** Stops watching and erases the keys. Does nothing for the shared endpoint of a process. */
    @Override
    public synchronized void close() {
        if (closed || SHARED.containsValue(this)) {
            return;
        }
        closed = true;
        watch.close();
        closeRetired();
        generation.speakers().forEach(Speaker::close);
        if (store != null) {
            store.close();
        }
    }
}
