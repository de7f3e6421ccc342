package io.dialogsecurity.policy;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Finds the policy of an address: exact ones at once, wildcards once per address. Thread-safe. */
final class AddressTable {
    /**
     * Addresses whose wildcard is remembered. Clients can make up addresses, so the memory is bounded; emptied and not
     * evicted one by one, because finding anew costs a microsecond and keeping an order costs every lookup.
     */
    static final int MAX_REMEMBERED = 10_000;

    private record Wildcard(AddressPattern pattern, AddressPolicy policy) {}

    private final Map<String, AddressPolicy> exact = new HashMap<>();
    private final List<Wildcard> wildcards;
    private final AddressPolicy otherwise;
    private final ConcurrentHashMap<String, AddressPolicy> found = new ConcurrentHashMap<>();

    AddressTable(List<AddressPolicy> policies, AddressPolicy otherwise) {
        this.otherwise = otherwise;
        policies.stream()
                .filter(policy -> !new AddressPattern(policy.match()).hasWildcards())
                .forEach(policy -> exact.put(policy.match(), policy));
        this.wildcards = policies.stream()
                .map(policy -> new Wildcard(new AddressPattern(policy.match()), policy))
                .filter(wildcard -> wildcard.pattern.hasWildcards())
                .sorted(Comparator.comparing(Wildcard::pattern))
                .toList();
    }

    AddressPolicy find(String address) {
        AddressPolicy policy = exact.get(address);
        if (policy != null || wildcards.isEmpty()) {
            return policy != null ? policy : otherwise;
        }
        policy = found.get(address);
        if (policy == null) {
            policy = search(address);
            if (found.size() >= MAX_REMEMBERED) {
                found.clear();
            }
            found.put(address, policy);
        }
        return policy;
    }

    AddressPolicy otherwise() {
        return otherwise;
    }

    int remembered() {
        return found.size();
    }

    private AddressPolicy search(String address) {
        for (Wildcard wildcard : wildcards) {
            if (wildcard.pattern.matches(address)) {
                return wildcard.policy;
            }
        }
        return otherwise;
    }
}
