package io.dialogsecurity.demo;

import io.dialogsecurity.testkit.Line;
import io.dialogsecurity.testkit.Screen;
import io.dialogsecurity.testkit.Table;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts public-key operations against what the design allows: some for a service pair, none for a dialog. */
final class Amortisation {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Plan plan;
    private final Screen screen;
    private final List<Application> applications;

    Amortisation(Plan plan, Screen screen, List<Application> applications) {
        this.plan = plan;
        this.screen = screen;
        this.applications = applications;
    }

    /**
     * Prints the counts; true if they are as they have to be.
     *
     * @param rounds that were run over the sealed broker
     */
    boolean report(int rounds, GuardWatch guard) {
        Map<Service, Line> counters = new LinkedHashMap<>();
        for (Application application : applications) {
            application.tell(Line.of("counters"));
            application.poll("counted", PATIENCE, line -> counters.put(Service.valueOf(line.text("service")), line));
        }
        Table table = new Table(
                "service",
                ">pairs opened",
                ">dialogs",
                ">sealed",
                ">opened",
                ">signatures",
                ">expected",
                ">verifications",
                ">wraps",
                ">unwraps");
        boolean good = true;
        for (Service service : Service.values()) {
            Line line = counters.get(service);
            int pairs = pairsOpenedBy(service);
            long signatures = pairs + (long) rounds * signedMessagesOf(service);
            good &= line.number("signatures") == signatures && line.number("unwraps") <= pairsOpenedTo(service);
            table.row(
                    service.title(),
                    pairs,
                    rounds * dialogsOf(service),
                    Screen.number(line.number("sealed")),
                    Screen.number(line.number("opened")),
                    Screen.number(line.number("signatures")),
                    Screen.number(signatures),
                    Screen.number(line.number("verifications")),
                    Screen.number(line.number("wraps")),
                    Screen.number(line.number("unwraps")));
        }
        table.lines().forEach(screen::line);
        screen.line(
                "A pair costs its initiator one signature and a target one verification and one unwrap, whatever the"
                        + " number of dialogs; a");
        screen.line("message to several targets carries a signature of its own. The guard let "
                + Screen.number(guard.accepted()) + " envelopes in for " + Screen.number(guard.verifications())
                + " verifications, and refused " + guard.refused() + ".");
        screen.verdict(good, "no public-key operation for a new dialog, an ordinary message or a reply");
        return good;
    }

    /** Receivers an initiator has a key exchange key for; the addresses for replies are sealed to the same ones. */
    private static int pairsOpenedBy(Service service) {
        Set<Set<Service>> pairs = new HashSet<>();
        for (Lane lane : Lane.values()) {
            if (lane.from() == service) {
                pairs.add(Set.copyOf(lane.to()));
            }
            if (lane.shape() == Lane.Shape.REQUEST_REPLY && lane.to().contains(service)) {
                pairs.add(Set.of(lane.from()));
            }
        }
        return pairs.size();
    }

    private static int pairsOpenedTo(Service service) {
        Set<List<Object>> pairs = new HashSet<>();
        for (Lane lane : Lane.values()) {
            if (lane.to().contains(service)) {
                pairs.add(List.of(lane.from(), Set.copyOf(lane.to())));
            }
        }
        return pairs.size();
    }

    private int signedMessagesOf(Service service) {
        int messages = 0;
        for (Lane lane : Lane.values()) {
            if (lane.from() == service && lane.to().size() > 1) {
                messages += plan.messagesOfAllDialogs(lane);
            }
        }
        return messages;
    }

    private static int dialogsOf(Service service) {
        int dialogs = 0;
        for (Lane lane : Lane.values()) {
            if (lane.from() == service) {
                dialogs += lane.dialogs();
            }
        }
        return dialogs;
    }
}
