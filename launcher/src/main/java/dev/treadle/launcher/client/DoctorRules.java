package dev.treadle.launcher.client;

import static dev.treadle.launcher.client.Looks.gate;
import static dev.treadle.launcher.client.Looks.hubs;
import static dev.treadle.launcher.client.Looks.queue;
import static dev.treadle.launcher.client.Looks.refused;

import dev.treadle.launcher.client.Looks.Seen;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The rules by which numbers and stacks tell the faults of an application under its model and N. A
 * rule speaks only of things in a good part of the looks: one burst is no fault.
 */
final class DoctorRules {
    /** A group must be there in this part of the looks. */
    private static final double OFTEN = 0.3;

    /** A group must be this part of N, and so many requests. */
    private static final double PART_OF_N = 0.05;

    private static final double FEWEST = 3;

    /** A queue of which this part ends in a timeout serves nobody. */
    private static final double NEARLY_ALL = 0.8;

    private static final double HEAP_IS_FULL = 0.9;

    /** With this part of N inside, a full heap is one of requests. */
    private static final double MUCH_OF_N = 0.5;

    /** A copy of less is not worth a change of code. */
    private static final long LARGE_COPY = 16L << 10;

    /** This part of the requests has a copy of it. */
    private static final double MOST_REQUESTS = 0.5;

    private static final long LATE_MILLIS = 100;
    private static final int KILO = 10;
    private static final int MEGA = 20;
    private static final long SOME = 20;

    /** Calls that hold a limit for a moment may be missed by each look. */
    private static final long OFTEN_USED = 1_000;

    private static final String[] HTTP_CLIENT_POOLS = {
        "org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager",
        "org.apache.http.impl.conn.PoolingHttpClientConnectionManager"
    };

    private final Looks looks;
    private final List<Finding> findings = new ArrayList<>();

    private DoctorRules(Looks looks) {
        this.looks = looks;
    }

    static List<Finding> findings(Looks looks) {
        DoctorRules rules = new DoctorRules(looks);
        for (Seen seen : looks.groups()) {
            rules.group(seen);
        }
        rules.slices();
        rules.timeouts();
        rules.limits();
        rules.stuck();
        rules.heap();
        rules.copies();
        return rules.findings;
    }

    private long limit() {
        return Values.number(gate(looks.last()), "limit");
    }

    private boolean isOften(Seen seen) {
        return looks.looksWith(seen) >= OFTEN * looks.count()
                && looks.average(seen) >= Math.max(FEWEST, PART_OF_N * limit());
    }

    private void group(Seen seen) {
        if (seen.looksUpName()) {
            if (looks.average(seen) >= 1) {
                add(
                        "names are looked up while requests wait: the JDK blocks an OS thread for each",
                        evidence(seen),
                        "cache the addresses (networkaddress.cache.ttl), name an address, or ask for"
                                + " fewer names; look at the DNS server");
            }
            return;
        }
        if (!isOften(seen)) {
            return;
        }
        if (seen.state.equals("pool") && seen.runsThrough(HTTP_CLIENT_POOLS)) {
            add(
                    "the pool of an HTTP client is smaller than what asks for it",
                    evidence(seen),
                    "raise its connections of a route (setMaxConnPerRoute, 2 or 5 by default) and in total"
                            + " (setMaxConnTotal), or give these paths a --limit of that size");
        } else if (seen.state.equals("pool")) {
            add(
                    "a pool behind the application is smaller than N (" + limit() + ")",
                    evidence(seen),
                    "raise the pool as far as the database allows, and give these paths a --limit of its"
                            + " size, so that the other requests do not wait with them");
        } else if (seen.state.equals("lock")) {
            add(
                    "requests wait for one lock",
                    evidence(seen),
                    "hold the lock shorter, or not while something is waited for");
        } else if (seen.state.equals("socket") && isFull()) {
            add(
                    "the server is full of requests that wait for another one",
                    evidence(seen),
                    "set a timeout for that call, and a --limit for these paths; harakiri ends what has"
                            + " no timeout");
        }
    }

    private boolean isFull() {
        return looks.looksWhere(look ->
                Values.number(gate(look), "active") >= Values.number(gate(look), "limit"))
                >= OFTEN * looks.count();
    }

    private String evidence(Seen seen) {
        return String.format(
                Locale.ROOT,
                "in %d of %d looks, %.0f requests on average, %s in %s%s, such as %s",
                looks.looksWith(seen),
                looks.count(),
                looks.average(seen),
                seen.state,
                seen.waitsIn.isEmpty() ? "?" : seen.waitsIn,
                seen.frame.isEmpty() ? "" : " (" + seen.frame + ")",
                seen.example());
    }

    private void slices() {
        long slices = looks.risen(look -> Values.number(hubs(look), "longSlices"));
        boolean known = reported();
        // one that is long while the JVM loads and compiles is no fault, and is not reported
        int rises = looks.looksOfRise(look -> Values.number(hubs(look), "longSlices"));
        if (rises >= OFTEN * looks.count() && !known) {
            add(
                    "requests hold their hub: they compute, or pin it",
                    slices
                            + " slices were longer than max-blocking-time; the longest since the start: "
                            + Values.duration(
                                    Values.number(hubs(looks.last()), "longestSliceMillis"))
                            + running(),
                    "the log has the stack of each; give such work a pool of its own, or call"
                            + " Greenlets.yield within; on JDK 21 to 23 a synchronized block pins as well:"
                            + " take JDK 25");
        }
        int late = looks.looksWhere(look -> Values.number(hubs(look), "lagMillis") >= LATE_MILLIS);
        if (slices == 0 && late >= OFTEN * looks.count()) {
            add(
                    "greenlets wait for their hub: there is too little CPU",
                    "the lag was "
                            + LATE_MILLIS
                            + " ms or more in "
                            + late
                            + " of "
                            + looks.count()
                            + " looks",
                    "give the server more cores, or a smaller N; look for other work on the machine");
        }
    }

    /** Adds what the reports of long slices say, one for each line of the application. */
    private boolean reported() {
        Map<List<String>, Integer> counts = new LinkedHashMap<>();
        Map<List<String>, Map<String, Object>> longest = new LinkedHashMap<>();
        for (Map<String, Object> report : looks.reports()) {
            if (Values.text(report, "kind").equals("long-slice")) {
                List<String> key =
                        List.of(Values.text(report, "cause"), Values.text(report, "frame"));
                counts.merge(key, 1, Integer::sum);
                longest.merge(
                        key,
                        report,
                        (one, other) ->
                                Values.number(one, "lastedMillis")
                                                >= Values.number(other, "lastedMillis")
                                        ? one
                                        : other);
            }
        }
        longest.forEach((key, report) ->
                add(
                        "a request holds its hub: " + Values.text(report, "cause"),
                        "reported "
                                + counts.getOrDefault(key, 1)
                                + " times, up to "
                                + Values.duration(Values.number(report, "lastedMillis"))
                                + ", at "
                                + Values.text(report, "frame")
                                + ", such as "
                                + Values.text(report, "request"),
                        Values.text(report, "advice")));
        return !longest.isEmpty();
    }

    /** The group that was running most, of those with a line of the application. */
    private String running() {
        Seen most = null;
        for (Seen seen : looks.groups()) {
            if (seen.state.equals("running")
                    && !seen.frame.isEmpty()
                    && (most == null || looks.average(seen) > looks.average(most))) {
                most = seen;
            }
        }
        return most == null ? "" : "; seen running: " + most.frame + ", " + most.example();
    }

    private void timeouts() {
        long left = looks.risen(look -> Values.number(queue(look), "left"));
        long timedOut = looks.risen(look -> Values.number(refused(look), "queueTimeout"));
        if (timedOut >= SOME && timedOut >= NEARLY_ALL * left) {
            add(
                    "the queue only delays refusals",
                    timedOut + " of " + left + " requests that left the queue had timed out in it",
                    "shorten --queue, or --queue-timeout, so that clients hear sooner; raise N if what"
                            + " is behind it can take more");
        }
    }

    private void limits() {
        long completed = looks.risen(look -> Values.number(gate(look), "completed"));
        if (completed < OFTEN_USED) {
            return;
        }
        for (Map<String, Object> limit : Values.list(looks.last(), "limits")) {
            String name = Values.text(limit, "name");
            boolean used =
                    looks.most(look -> Values.number(limit(look, name), "active")) > 0
                            || looks.most(look -> queued(look, name, "waiting")) > 0
                            || looks.risen(look -> queued(look, name, "left")) > 0
                            || looks.risen(look -> refusedAt(look, name)) > 0;
            if (!used) {
                add(
                        "the limit " + name + " was never seen in use",
                        "no request held it in any of "
                                + looks.count()
                                + " looks, and "
                                + completed
                                + " requests completed",
                        "compare its path with those of the application; a limit for short calls may be"
                                + " in use between the looks");
            }
        }
    }

    private static long queued(Map<String, Object> look, String limit, String value) {
        return Values.number(Values.object(limit(look, limit), "queue"), value);
    }

    private static long refusedAt(Map<String, Object> look, String limit) {
        return Values.number(Values.object(limit(look, limit), "refused"), "total");
    }

    private static Map<?, ?> limit(Map<String, Object> look, String name) {
        for (Map<String, Object> each : Values.list(look, "limits")) {
            if (Values.text(each, "name").equals(name)) {
                return each;
            }
        }
        return Map.of(); // a switch has made it, or taken it away
    }

    private void stuck() {
        long stuck = Values.number(gate(looks.last()), "stuck");
        if (stuck > 0) {
            add(
                    "requests run on although harakiri has interrupted them",
                    stuck + " requests are stuck, and keep their places",
                    "the log has their stacks; give the call a timeout of its own");
        }
    }

    private void heap() {
        int full =
                looks.looksWhere(look -> {
                    Map<?, ?> jvm = Values.object(look, "jvm");
                    long max = Values.number(jvm, "heapMaxBytes");
                    return max > 0 && Values.number(jvm, "heapAfterGcBytes") >= HEAP_IS_FULL * max;
                });
        if (full < looks.count()) {
            return;
        }
        Map<?, ?> jvm = Values.object(looks.last(), "jvm");
        long max = Values.number(jvm, "heapMaxBytes");
        long active = looks.most(look -> Values.number(gate(look), "active"));
        String evidence =
                String.format(
                        Locale.ROOT,
                        "%d of %d MB were in use after the last garbage collection, and 90 %% or more in"
                                + " each look, with up to %d requests inside",
                        Values.number(jvm, "heapAfterGcBytes") >> MEGA,
                        max >> MEGA,
                        active);
        if (active >= MUCH_OF_N * limit()) {
            add(
                    "the heap is full: N (" + limit() + ") is too high for it",
                    evidence
                            + ", which is up to "
                            + ((max / Math.max(1, active)) >> KILO)
                            + " kB each",
                    "raise -Xmx, or lower N: each request keeps its objects while it waits; a --limit for"
                            + " the paths with large ones does as well");
        } else {
            add(
                    "the heap is full",
                    evidence,
                    "raise -Xmx; look at what fills it (jcmd PID GC.class_histogram): these are too few"
                            + " requests for it");
        }
    }

    /** One finding for each class that makes large copies for most requests. */
    private void copies() {
        Map<String, Integer> often = new LinkedHashMap<>();
        Map<String, Map<String, Object>> last = new LinkedHashMap<>();
        for (Map<String, Object> look : looks.copies()) {
            long requests = Values.number(look, "requests");
            Set<String> inThisLook = new HashSet<>();
            for (Map<String, Object> copy : Values.list(look, "copies")) {
                if (Values.number(copy, "bytes") >= LARGE_COPY
                        && Values.number(copy, "requests")
                                >= Math.max(FEWEST, MOST_REQUESTS * requests)) {
                    String key = Values.text(copy, "owner") + " " + Values.text(copy, "type");
                    if (inThisLook.add(key)) { // the greatest of this key comes first
                        often.merge(key, 1, Integer::sum);
                        copy.put("of", requests);
                        last.put(key, copy);
                    }
                }
            }
        }
        last.forEach((key, copy) -> {
            if (often.getOrDefault(key, 0) >= OFTEN * looks.count()) {
                long bytes = Values.number(copy, "bytes");
                add(
                        "each request makes a copy of a thread-local cache for itself",
                        String.format(
                                Locale.ROOT,
                                "in %d of %d looks; the thread-local of %s (%s) has %d kB for each of %d of"
                                        + " %d requests, such as %s; with N inside that is %d MB",
                                often.getOrDefault(key, 0),
                                looks.count(),
                                Values.text(copy, "owner"),
                                Values.text(copy, "type"),
                                bytes >> KILO,
                                Values.number(copy, "requests"),
                                Values.number(copy, "of"),
                                Values.text(copy, "request"),
                                (bytes * limit()) >> MEGA),
                        "on virtual and gevent each request has a thread of its own: share what is"
                                + " immutable, and give a pool to what is expensive");
            }
        });
    }

    private void add(String cause, String evidence, String remedy) {
        findings.add(new Finding(cause, evidence, remedy));
    }
}
