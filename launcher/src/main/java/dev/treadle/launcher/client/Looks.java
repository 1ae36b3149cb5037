package dev.treadle.launcher.client;

import dev.treadle.launcher.host.StartFailedException;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** The looks of {@code treadle doctor} at a server. */
final class Looks {
    private static final String[] LOOK_UPS = {
        "java.net.Inet6AddressImpl.lookupAllHostAddr",
        "java.net.Inet4AddressImpl.lookupAllHostAddr",
        "java.net.InetAddress.getAddressesFromNameService",
        "java.net.InetAddress$NameServiceAddresses.get" // others that ask for the same name
    };

    private final Server server;
    private final List<Map<String, Object>> before;
    private final List<Map<String, Object>> numbers = new ArrayList<>();
    private final Map<List<String>, Seen> groups = new LinkedHashMap<>();
    private final List<Map<String, Object>> reports = new ArrayList<>();
    private final List<Map<String, Object>> copies = new ArrayList<>();

    /** Requests with equal stacks, in all looks together. */
    static final class Seen {
        final String state;
        final String waitsIn;
        final String frame;
        final List<String> stack;
        private final List<String> requests;
        private int looks;
        private long total;

        private Seen(Map<String, Object> group) {
            state = Values.text(group, "state");
            waitsIn = Values.text(group, "waitsIn");
            frame = Values.text(group, "frame");
            stack = Values.texts(group, "stack");
            requests = Values.texts(group, "requests");
        }

        /** Whether a frame of the stack begins with one of these. */
        boolean runsThrough(String... methods) {
            for (String method : methods) {
                if (stack.stream().anyMatch(each -> each.startsWith(method))) {
                    return true;
                }
            }
            return false;
        }

        /** Whether it asks for the address of a host. */
        boolean looksUpName() {
            return runsThrough(LOOK_UPS);
        }

        String example() {
            return requests.isEmpty() ? "" : requests.getFirst();
        }
    }

    Looks(Server server) throws InterruptedException {
        this.server = server;
        this.before = Values.list(server.reports(), "reports");
    }

    Server server() {
        return server;
    }

    /**
     * A look at thread-locals may fail where all others do not: it reads the application's classes.
     */
    private Map<String, Object> threadLocals() throws InterruptedException {
        try {
            return server.threadLocals();
        } catch (StartFailedException unknown) {
            return Map.of();
        }
    }

    /** Looks once. */
    void look() throws InterruptedException {
        copies.add(threadLocals());
        numbers.add(server.numbers());
        Map<String, Object> nowGroups = server.requests(true);
        // the server groups by whole stacks, so one look may have several of a key
        Set<Seen> inThisLook = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Map<String, Object> group : Values.list(nowGroups, "groups")) {
            Seen fresh = new Seen(group);
            Seen seen =
                    groups.computeIfAbsent(
                            List.of(
                                    fresh.state,
                                    fresh.waitsIn,
                                    fresh.frame,
                                    String.valueOf(fresh.looksUpName())),
                            key -> fresh);
            if (inThisLook.add(seen)) {
                seen.looks++;
            }
            seen.total += Values.number(group, "count");
        }
    }

    /**
     * Ends the looks: takes the reports of the server that were not there before the first one. If
     * slices were too long, and there is none, the newest of the others: equal reports are given
     * once in ten seconds.
     */
    void end() throws InterruptedException {
        Values.list(server.reports(), "reports").stream()
                .filter(report -> !before.contains(report))
                .forEach(reports::add);
        if (reports.isEmpty() && risen(look -> Values.number(hubs(look), "longSlices")) > 0) {
            before.stream()
                    .filter(report -> Values.text(report, "kind").equals("long-slice"))
                    .findFirst()
                    .ifPresent(reports::add);
        }
    }

    List<Map<String, Object>> reports() {
        return reports;
    }

    /** Returns the copies of thread-locals in each look. */
    List<Map<String, Object>> copies() {
        return copies;
    }

    int count() {
        return numbers.size();
    }

    Map<String, Object> last() {
        return numbers.getLast();
    }

    Collection<Seen> groups() {
        return groups.values();
    }

    /** Returns how many requests were in the group, on average of all looks. */
    double average(Seen seen) {
        return seen.total / (double) Math.max(1, count());
    }

    int looksWith(Seen seen) {
        return seen.looks;
    }

    /** Returns how many looks were like that. */
    int looksWhere(Predicate<Map<String, Object>> condition) {
        return (int) numbers.stream().filter(condition).count();
    }

    /** Returns by how much a counter has risen from the first look to the last. */
    long risen(ToLongFunction<Map<String, Object>> counter) {
        return counter.applyAsLong(numbers.getLast()) - counter.applyAsLong(numbers.getFirst());
    }

    /** Returns in how many looks a counter was higher than in the one before. */
    int looksOfRise(ToLongFunction<Map<String, Object>> counter) {
        int rises = 0;
        for (int i = 1; i < numbers.size(); i++) {
            if (counter.applyAsLong(numbers.get(i)) > counter.applyAsLong(numbers.get(i - 1))) {
                rises++;
            }
        }
        return rises;
    }

    long most(ToLongFunction<Map<String, Object>> value) {
        return numbers.stream().mapToLong(value).max().orElse(0);
    }

    static Map<?, ?> gate(Map<String, Object> look) {
        return Values.object(look, "gate");
    }

    static Map<?, ?> queue(Map<String, Object> look) {
        return Values.object(gate(look), "queue");
    }

    static Map<?, ?> refused(Map<String, Object> look) {
        return Values.object(gate(look), "refused");
    }

    static Map<?, ?> hubs(Map<String, Object> look) {
        return Values.object(look, "hubs");
    }
}
