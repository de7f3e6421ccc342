package io.dialogsecurity.takeover;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The instances that run, and those that have. For one thread. */
final class Cast implements AutoCloseable {

    private static final int MOST = 2;

    private final Plan plan;
    private final Configuration configuration;
    private final RunLog log;
    private final Map<Part, List<Instance>> running = new EnumMap<>(Part.class);
    private final List<Instance> everybody = new ArrayList<>();

    Cast(Plan plan, Configuration configuration, RunLog log) {
        this.plan = plan;
        this.configuration = configuration;
        this.log = log;
        for (Part part : Part.values()) {
            running.put(part, new ArrayList<>());
        }
    }

    /** Starts an instance: on the ledgers and state of one that is gone, if there is one. */
    Instance start(Part part) throws IOException {
        List<Instance> present = running.get(part);
        String name = null;
        for (int number = 1; name == null && number <= MOST; number++) {
            String candidate = part.title() + "-" + number;
            if (present.stream().noneMatch(instance -> instance.name().equals(candidate))) {
                name = candidate;
            }
        }
        configuration.writeInstance(Plan.configuration(plan.directory(), name), part.service());
        Instance instance = Instance.start(part, name, plan, log::line);
        present.add(instance);
        everybody.add(instance);
        return instance;
    }

    /** Kills the one that has run longest, which is the one that messages are given to. */
    Instance kill(Part part) {
        Instance victim = running.get(part).remove(0);
        victim.kill();
        return victim;
    }

    /** The one that {@link #kill} would kill. */
    Instance next(Part part) {
        return running.get(part).get(0);
    }

    int count(Part part) {
        return running.get(part).size();
    }

    List<Instance> running() {
        return running.values().stream().flatMap(List::stream).toList();
    }

    /** All there have been. */
    List<Instance> everybody() {
        return everybody;
    }

    void requireWell() {
        running().forEach(Instance::requireWell);
    }

    /** What those that run now have computed. */
    Map<Instance, Operations> operations() {
        Map<Instance, Operations> operations = new HashMap<>();
        running().forEach(instance -> operations.put(instance, instance.operations()));
        return operations;
    }

    /** What those that run now have computed since. */
    Operations operationsSince(Map<Instance, Operations> before) {
        Operations sum = Operations.NONE;
        for (Instance instance : running()) {
            sum = sum.plus(instance.operations().minus(before.getOrDefault(instance, Operations.NONE)));
        }
        return sum;
    }

    @Override
    public void close() {
        everybody.forEach(Instance::close);
    }
}
