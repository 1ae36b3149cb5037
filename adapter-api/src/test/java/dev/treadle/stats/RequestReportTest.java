package dev.treadle.stats;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Map.entry;
import static java.util.Objects.requireNonNull;

import com.sun.management.HotSpotDiagnosticMXBean;

import dev.treadle.settings.WorkerModel;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

final class RequestReportTest {
    private static final Instant TAKEN = Instant.parse("2026-12-01T14:38:30.892546688Z");

    private static final List<StackTraceElement> POOL =
            List.of(
                    new StackTraceElement(
                            "java.util.concurrent.locks.LockSupport",
                            "parkNanos",
                            "LockSupport.java",
                            269),
                    new StackTraceElement(
                            "com.zaxxer.hikari.util.ConcurrentBag",
                            "borrow",
                            "ConcurrentBag.java",
                            151),
                    new StackTraceElement(
                            "com.zaxxer.hikari.pool.HikariPool",
                            "getConnection",
                            "HikariPool.java",
                            162),
                    new StackTraceElement("com.example.OrderDao", "find", "OrderDao.java", 41));

    private static final List<StackTraceElement> LOOP =
            List.of(new StackTraceElement("com.example.Cart", "total", "Cart.java", 7));

    private static RequestView running(
            long id, String path, long millis, RequestState state, List<StackTraceElement> stack) {
        return new RequestView(
                id,
                "GET",
                path,
                Duration.ofMillis(millis),
                state,
                "10.1.2.x",
                new RequestThread(
                        "treadle-gevent-" + id, 100 + id, true, Thread.State.WAITING, 1, stack),
                stack.equals(POOL)
                        ? "com.example.OrderDao.find(OrderDao.java:41)"
                        : "com.example.Cart.total(Cart.java:7)",
                OptionalLong.of(id),
                Optional.of(Duration.ofNanos(id * 1_234_567)));
    }

    private static RequestView queued(long id, String path, long millis) {
        return new RequestView(
                id,
                "POST",
                path,
                Duration.ofMillis(millis),
                RequestState.QUEUED,
                "2001:db8:1::x",
                RequestThread.NONE,
                "",
                OptionalLong.empty(),
                Optional.empty());
    }

    private static RequestReport report(RequestView... requests) {
        return RequestReport.of(WorkerModel.GEVENT, TAKEN, List.of(requests));
    }

    private final RequestReport report =
            report(
                    running(1, "/cart", 12_300, RequestState.RUNNING, LOOP),
                    running(2, "/orders", 5_000, RequestState.POOL, POOL),
                    running(3, "/orders", 4_000, RequestState.POOL, POOL),
                    running(4, "/orders/7", 3_000, RequestState.POOL, POOL),
                    running(5, "/a", 2_000, RequestState.POOL, POOL),
                    running(6, "/b", 1_000, RequestState.POOL, POOL),
                    queued(7, "/c\r\nforged", 900),
                    queued(8, "/d", 800));

    @Test
    void aReportSaysHowManyStacksItHasNot() {
        RequestReport report =
                RequestReport.of(
                        WorkerModel.GEVENT,
                        TAKEN,
                        List.of(
                                running(1, "/a", 5_000, RequestState.POOL, POOL),
                                running(2, "/b", 4_000, RequestState.OTHER, List.of())));
        assertThat(report.stacksMissing()).isEqualTo(1);
        assertThat(report.toMap()).containsEntry("stacksMissing", 1);
        assertThat(report.toText())
                .startsWith("gevent: 2 inside, 0 queued, 1 without their stack: ask again\n");
    }

    @Test
    void groupsHaveTheGreatestFirst() {
        List<StackGroup> groups = report.groups();
        assertThat(groups).extracting(StackGroup::count).containsExactly(5, 2, 1);
        StackGroup pool = groups.getFirst();
        assertThat(pool.state()).isEqualTo(RequestState.POOL);
        assertThat(pool.waitsIn()).isEqualTo("com.zaxxer.hikari.pool.HikariPool.getConnection");
        assertThat(pool.frame()).isEqualTo("com.example.OrderDao.find(OrderDao.java:41)");
        assertThat(pool.oldest()).isEqualTo(Duration.ofSeconds(5));
        assertThat(pool.examples()).containsExactly("GET /orders", "GET /orders/7", "GET /a");
        assertThat(pool.stack()).isEqualTo(POOL);
        assertThat(pool)
                .hasToString(
                        "5 requests wait in HikariPool.getConnection (com.example.OrderDao.find:41),"
                                + " oldest 5.0 s");
        assertThat(groups.get(1)).hasToString("2 requests wait in the queue, oldest 0.9 s");
        assertThat(groups.get(2))
                .hasToString(
                        "1 request runs in Cart.total (com.example.Cart.total:7), oldest 12.3 s");
    }

    /** The same code, in two states. */
    @Test
    void requestsInAnotherStateAreAnotherGroup() {
        assertThat(
                        report(
                                        running(1, "/a", 2, RequestState.RUNNING, LOOP),
                                        running(2, "/b", 3, RequestState.LOCK, LOOP))
                                .groups())
                .hasSize(2);
    }

    @Test
    void eachStateHasItsWords() {
        assertThat(
                        Arrays.stream(RequestState.values())
                                .map(state ->
                                        report(running(1, "/", 100, state, List.of()))
                                                .groups()
                                                .getFirst()
                                                .toString()))
                .containsExactly(
                        "1 request waits in the queue, oldest 0.1 s",
                        "1 request runs, oldest 0.1 s",
                        "1 request waits for a socket, oldest 0.1 s",
                        "1 request waits for a lock, oldest 0.1 s",
                        "1 request sleeps, oldest 0.1 s",
                        "1 request waits, oldest 0.1 s",
                        "1 request goes on without a thread, oldest 0.1 s",
                        "1 request is an event stream, oldest 0.1 s",
                        "1 request waits, oldest 0.1 s");
    }

    @Test
    void theTableHasOneLineForEachRequestAndColumnsInLine() {
        List<String> lines = report.toText().lines().toList();
        assertThat(lines).hasSize(10).first().isEqualTo("gevent: 6 inside, 2 queued");
        int column = lines.get(1).indexOf("REQUEST");
        assertThat(lines.get(2).substring(column)).startsWith("GET /cart");
        assertThat(lines.get(8).substring(column)).startsWith("POST /c\\u000d\\u000aforged");
        assertThat(lines.get(3)).endsWith("com.example.OrderDao.find(OrderDao.java:41)");
        assertThat(lines.get(3))
                .contains("5.0 s", "pool", "  2  ", "0.0025 s", "treadle-gevent-2", "10.1.2.x");
    }

    @Test
    void groupsAsTextHaveTheirStacks() {
        assertThat(report.groupsToText())
                .startsWith(
                        """
                        gevent: 6 inside, 2 queued

                        5 requests wait in HikariPool.getConnection (com.example.OrderDao.find:41), oldest 5.0 s
                            GET /orders, GET /orders/7, GET /a
                                at java.util.concurrent.locks.LockSupport.parkNanos(LockSupport.java:269)
                        """)
                .contains("\n    POST /c\\u000d\\u000aforged, POST /d\n");
    }

    /** The names are a contract with the page and the command line. */
    @Test
    void mapsHaveTheNamesOfTheContract() {
        assertThat(report.toMap())
                .containsOnlyKeys("model", "inside", "queued", "stacksMissing", "requests");
        assertThat(report.toMap()).containsEntry("model", "gevent").containsEntry("inside", 6);
        assertThat((Collection<?>) report.toMap().get("requests"))
                .hasSize(8)
                .element(1)
                .isEqualTo(
                        Map.ofEntries(
                                entry("id", 2L),
                                entry("method", "GET"),
                                entry("path", "/orders"),
                                entry("ageMillis", 5_000L),
                                entry("state", "pool"),
                                entry("hub", 1),
                                entry("slices", 2L),
                                entry("cpuMillis", 2.469),
                                entry("thread", "treadle-gevent-2"),
                                entry("client", "10.1.2.x"),
                                entry("frame", "com.example.OrderDao.find(OrderDao.java:41)")));
        assertThat((Collection<?>) report.toMap().get("requests"))
                .last()
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("slices", -1L)
                .containsEntry("cpuMillis", -1.0);
        assertThat(report.groupsToMap())
                .containsOnlyKeys("model", "inside", "queued", "stacksMissing", "groups");
        assertThat((Collection<?>) report.groupsToMap().get("groups"))
                .last()
                .isEqualTo(
                        Map.of(
                                "count",
                                1,
                                "state",
                                "running",
                                "waitsIn",
                                "com.example.Cart.total",
                                "frame",
                                "com.example.Cart.total(Cart.java:7)",
                                "oldestMillis",
                                12_300L,
                                "requests",
                                List.of("GET /cart"),
                                "stack",
                                List.of("com.example.Cart.total(Cart.java:7)")));
    }

    @Test
    void withoutRequestsEachFormIsWhole() {
        RequestReport empty = report();
        assertThat(empty.toText().lines()).hasSize(2);
        assertThat(empty.groupsToText()).isEqualTo("gevent: 0 inside, 0 queued\n");
        assertThat(empty.groups()).isEmpty();
        assertThat(empty.threadDumpToText().lines()).hasSize(3);
        assertThat(threads(empty)).isEmpty();
    }

    private static Map<?, ?> container(RequestReport report) {
        Map<?, ?> dump = (Map<?, ?>) requireNonNull(report.threadDumpToMap().get("threadDump"));
        List<?> containers = (List<?>) requireNonNull(dump.get("threadContainers"));
        assertThat(containers).hasSize(1);
        return (Map<?, ?>) containers.getFirst();
    }

    private static List<?> threads(RequestReport report) {
        return (List<?>) requireNonNull(container(report).get("threads"));
    }

    @Test
    void theThreadDumpHasTheThreadsOfRequests() {
        assertThat(threads(report)).hasSize(6);
        assertThat(container(report).get("threadCount")).isEqualTo("6");
        assertThat(((Map<?, ?>) threads(report).get(1)).get("name"))
                .isEqualTo("treadle-gevent-2, GET /orders");
        assertThat(report.threadDumpToText())
                .contains(
                        """

                        #102 "treadle-gevent-2, GET /orders" virtual WAITING 2026-12-01T14:38:30.892546688Z
                            at java.util.concurrent.locks.LockSupport.parkNanos(LockSupport.java:269)
                        """);
    }

    /** The JDK's own dump has each name that ours has, and the lines of both look the same. */
    @Test
    void theThreadDumpHasTheFormOfTheJdks(@TempDir Path folder) throws IOException {
        HotSpotDiagnosticMXBean jdk =
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        Path json = folder.resolve("dump.json");
        Path text = folder.resolve("dump.txt");
        jdk.dumpThreads(json.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
        jdk.dumpThreads(text.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);

        Set<String> ours = new TreeSet<>();
        collectNames(report.threadDumpToMap(), ours);
        Set<String> theirs =
                Pattern.compile("\"(\\w+)\":")
                        .matcher(Files.readString(json))
                        .results()
                        .map(found -> found.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
        if (Runtime.version().feature() < 25) {
            ours.removeAll(Set.of("state", "virtual")); // there were none yet; readers skip them
            ours.removeIf(name -> name.equals("time") && !theirs.contains(name));
        }
        theirs.add("virtual"); // of virtual threads only, and none need run
        assertThat(theirs).containsAll(ours);

        Pattern line =
                Pattern.compile("|\\d+|[\\dT:.Z-]+|#\\d+ \".*\".*|    at .*|    - .*|[\\w.+-]+");
        assertThat(Files.readAllLines(text))
                .filteredOn(each -> !each.startsWith("      ")) // frames of older JDKs: no "at"
                .allMatch(each -> line.matcher(each).matches());
        assertThat(report.threadDumpToText().lines().toList())
                .allMatch(each -> line.matcher(each).matches());
    }

    private static void collectNames(Object value, Set<String> names) {
        List<Object> inside = new ArrayList<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, each) -> {
                names.add(String.valueOf(name));
                if (each != null) {
                    inside.add(each);
                }
            });
        } else if (value instanceof Collection<?> all) {
            inside.addAll(all);
        }
        inside.forEach(each -> collectNames(each, names));
    }
}
