package dev.treadle.internal.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@code bench/run blocking}, {@code freeze} and {@code sockets}: they print Markdown tables. */
public final class Probes {
    private static final String HELP =
            """
            Usage: bench/run blocking|freeze|sockets [--jdk DIR]... [--rounds N] [--patience S] ...
            blocking: the effect of each kind of waiting on a hub.
            freeze:   how soon others go on when every hub is held.
            sockets:  socket calls of 20 ms on one hub while another is held for 500 ms.
              --jdk DIR         A JDK to probe on; may be repeated. Default: the one that runs this.
              --rounds N        Of each cell. Default: 5.
              --patience S      A JVM that takes longer hangs, and is ended. Default: 20s.
              --cases NAME,...  blocking: some of the rows, such as fifo,cpu. Default: all.
              --hubs N          freeze: all are held. Default: as many as there are cores.
            """;

    private static final List<String> NAMES =
            List.of("--jdk", "--rounds", "--patience", "--cases", "--hubs");

    private final Map<String, List<String>> options = new TreeMap<>();
    private final Duration patience;
    private final int rounds;
    private final List<ProbeJvm> jdks;
    private final String loadBefore = load();

    private Probes(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String[] parts = arguments.get(i).split("=", 2);
            if (!NAMES.contains(parts[0])) {
                throw new IllegalArgumentException(
                        parts[0] + ": unknown (expected: what is in bench/run blocking --help)");
            }
            String value = parts.length == 2 ? parts[1] : next(arguments, ++i, parts[0]);
            options.computeIfAbsent(parts[0], name -> new ArrayList<>()).add(value);
        }
        rounds = count("--rounds", 5);
        patience = Duration.ofSeconds(count("--patience", 20));
        jdks =
                options.getOrDefault("--jdk", List.of(System.getProperty("java.home"))).stream()
                        .map(home -> ProbeJvm.in(home, patience))
                        .toList();
    }

    private static String next(List<String> arguments, int index, String option) {
        if (index == arguments.size()) {
            throw new IllegalArgumentException(option + ": nothing (expected: a value)");
        }
        return arguments.get(index);
    }

    private int count(String option, int otherwise) {
        if (!options.containsKey(option)) {
            return otherwise;
        }
        String text = options.get(option).getLast();
        if (!text.matches("[1-9]\\d{0,3}s?")) {
            throw new IllegalArgumentException(
                    option + ": " + text + " (expected: a whole number from 1 to 9999)");
        }
        return Integer.parseInt(text.replace("s", ""));
    }

    /**
     * Prints a table. Exit code 2: a mistake of the user.
     *
     * @param arguments which table, and options
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> all = Arrays.asList(arguments);
        if (all.contains("--help")) {
            System.out.print(HELP);
            return;
        }
        try {
            Probes probes = new Probes(all.subList(1, all.size()));
            switch (arguments[0]) {
                case "blocking" -> probes.blocking();
                case "freeze" -> probes.freeze();
                default -> probes.sockets();
            }
        } catch (IllegalArgumentException mistake) {
            System.err.println("bench/run: " + mistake.getMessage());
            System.exit(2);
        }
    }

    /** Makes one cell of a table. */
    @FunctionalInterface
    private interface Cell {
        String of(ProbeJvm jdk, Scheduling scheduling) throws IOException, InterruptedException;
    }

    private void blocking() throws IOException, InterruptedException {
        List<Scheduling> schedulings = List.of(Scheduling.values());
        List<BlockingCase> rows = cases();
        head("a greenlet does", schedulings);
        for (BlockingCase row : rows) {
            row(
                    row.title(),
                    jdks,
                    schedulings,
                    (jdk, scheduling) -> blockingCell(row, jdk, scheduling));
        }
        System.out.printf(
                """

                How long another greenlet of the one hub waited, from the begin of the block until it ran; median of %d.
                The block lasts about %d ms. *held*: the other ran only after the block. *spare*: carriers beyond the
                first. *reported*: by the watch, max-blocking-time 100 ms. *hangs*: nothing ran within %d s.
                The JDK's scheduler has parallelism 1 and may add carriers, as it does by default.
                """,
                rounds, BlockingProbe.LASTING.toMillis(), patience.toSeconds());
        surroundings();
    }

    private List<BlockingCase> cases() {
        List<BlockingCase> all = BlockingCases.all();
        List<String> known = all.stream().map(BlockingCase::word).toList();
        List<String> words =
                options.containsKey("--cases")
                        ? List.of(options.get("--cases").getLast().split(","))
                        : known;
        for (String word : words) {
            if (!known.contains(word)) {
                throw new IllegalArgumentException(
                        "--cases: "
                                + word
                                + " (expected: some of "
                                + String.join(",", known)
                                + ")");
            }
        }
        return all.stream().filter(row -> words.contains(row.word())).toList();
    }

    private String blockingCell(BlockingCase row, ProbeJvm jdk, Scheduling scheduling)
            throws IOException, InterruptedException {
        List<BlockingProbe.Seen> seen =
                jdk
                        .run(
                                BlockingProbe.class,
                                scheduling.jvmOptions(1, true),
                                row.word(),
                                scheduling,
                                rounds)
                        .stream()
                        .filter(line -> line.startsWith("ROUND"))
                        .map(BlockingProbe.Seen::parse)
                        .toList();
        // ended in the middle: the case is slow here, rather than frozen
        if (seen.isEmpty()) {
            return "**hangs**";
        }
        double millis = median(seen.stream().map(each -> each.nanos() / 1e6).toList());
        double spares = median(seen.stream().map(each -> (double) each.spares()).toList());
        long held = seen.stream().filter(BlockingProbe.Seen::held).count();
        long reported = seen.stream().filter(BlockingProbe.Seen::reported).count();
        return (held * 2 > seen.size() ? "**held** " : "")
                + String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis)
                + (spares < 1 ? "" : String.format(Locale.ROOT, ", %.0f spare", spares))
                + (reported * 2 > seen.size() ? ", reported" : "");
    }

    private void freeze() throws IOException, InterruptedException {
        int hubs = count("--hubs", Runtime.getRuntime().availableProcessors());
        List<Scheduling> schedulings = List.of(Scheduling.RETAKE, Scheduling.STOCK);
        head("on every hub a greenlet does", schedulings);
        for (Freezing freezing : Freezing.values()) {
            row(
                    freezing.title(),
                    jdks,
                    schedulings,
                    (jdk, scheduling) -> freezeCell(freezing, jdk, scheduling, hubs));
        }
        System.out.printf(
                """

                How long others waited on the hub where they waited longest, from the begin of the freeze until they ran;
                median (least to greatest of %d). Required of hubs: 2 x retake + 50 ms = %d ms. %d hubs; the JDK's
                scheduler has parallelism and maxPoolSize %d. *hangs*: nothing ran within %d s; then the JVM is ended.
                *noise*: by how many ms at most a platform thread, which parked for 1 ms again and again, came too late.
                """,
                rounds,
                2 * Scheduling.RETAKE_AFTER.toMillis() + 50,
                hubs,
                hubs,
                patience.toSeconds());
        surroundings();
    }

    private String freezeCell(Freezing freezing, ProbeJvm jdk, Scheduling scheduling, int hubs)
            throws IOException, InterruptedException {
        List<String> lines =
                jdk.run(
                        FreezeProbe.class,
                        scheduling.jvmOptions(hubs, false),
                        freezing,
                        scheduling,
                        hubs,
                        rounds + 1);
        // the first round loads the classes
        List<Double> waits = millis(lines, "ROUND", 1).stream().skip(1).toList();
        return waits.isEmpty()
                ? "**hangs**"
                : String.format(
                        Locale.ROOT,
                        "%.1f ms (%.1f-%.1f), noise %.0f",
                        median(waits),
                        waits.stream().min(Double::compare).orElseThrow(),
                        waits.stream().max(Double::compare).orElseThrow(),
                        millis(lines, Oversleep.WORD, 1).stream().findAny().orElse(Double.NaN));
    }

    private void sockets() throws IOException, InterruptedException {
        List<Scheduling> schedulings = List.of(Scheduling.STRICT, Scheduling.RETAKE);
        System.out.println("| | retake off | retake 20 ms |");
        System.out.println("|---|---|---|");
        for (ProbeJvm jdk : jdks) {
            row(jdk.title(), List.of(jdk), schedulings, this::socketCell);
        }
        System.out.printf(
                """

                99th percentile of calls of 20 ms on one of two hubs: while none is held / while the other is held for
                500 ms, and the ratio; medians (ratio: least to greatest of %d). Required: a ratio of 1.2 at most. The
                first socket of the JVM is that of a greenlet of the held hub.
                *noise*: by how many ms at most a platform thread, which parked for 1 ms again and again, came too late.
                """,
                rounds);
        surroundings();
    }

    private String socketCell(ProbeJvm jdk, Scheduling scheduling)
            throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            lines.addAll(jdk.run(SocketProbe.class, scheduling.jvmOptions(2, false), scheduling));
        }
        List<Double> quiet = millis(lines, "ROUND", 1);
        List<Double> held = millis(lines, "ROUND", 2);
        if (quiet.size() < rounds) {
            return "**hangs**";
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            ratios.add(held.get(i) / quiet.get(i));
        }
        return String.format(
                Locale.ROOT,
                "%.1f / %.1f ms, %.2f (%.2f-%.2f), noise %.0f",
                median(quiet),
                median(held),
                median(ratios),
                ratios.stream().min(Double::compare).orElseThrow(),
                ratios.stream().max(Double::compare).orElseThrow(),
                millis(lines, Oversleep.WORD, 1).stream().max(Double::compare).orElseThrow());
    }

    /** Returns the nanoseconds behind a word, in milliseconds. */
    private static List<Double> millis(List<String> lines, String word, int index) {
        return lines.stream()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> Long.parseLong(line.split(" ")[index]) / 1e6)
                .toList();
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private void head(String title, List<Scheduling> schedulings) {
        StringBuilder head = new StringBuilder("| " + title + " |");
        StringBuilder rule = new StringBuilder("|---|");
        for (ProbeJvm jdk : jdks) {
            for (Scheduling scheduling : schedulings) {
                head.append(' ').append(jdk.title()).append(", ").append(scheduling.title());
                head.append(" |");
                rule.append("---|");
            }
        }
        System.out.println(head);
        System.out.println(rule);
    }

    /** Prints a row, cell by cell as each is known. */
    private static void row(
            String title, List<ProbeJvm> jdks, List<Scheduling> schedulings, Cell cell)
            throws IOException, InterruptedException {
        System.out.print("| " + title + " |");
        for (ProbeJvm jdk : jdks) {
            for (Scheduling scheduling : schedulings) {
                System.out.print(" " + cell.of(jdk, scheduling) + " |");
                System.out.flush();
            }
        }
        System.out.println();
    }

    /** Prints the machine and the JDKs, and the other load on that machine. */
    private void surroundings() {
        System.out.printf(
                "JDK %s; %d cores, %s %s, load average %s before and %s behind; %s.%n",
                String.join(", ", jdks.stream().map(ProbeJvm::version).toList()),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                loadBefore,
                load(),
                LocalDate.now(ZoneId.systemDefault()));
    }

    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException unknown) {
            return "unknown";
        }
    }
}
