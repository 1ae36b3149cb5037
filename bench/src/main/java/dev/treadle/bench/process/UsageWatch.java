package dev.treadle.bench.process;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches one process from when it is made until {@link #stop}, by what Linux tells in {@code
 * /proc/PID}.
 *
 * <p>Processor time is read at both ends. Context switches are told by thread, and lost when a
 * thread ends: so they are read now and then, and a thread that ends loses what it did since. The
 * memory is read as often.
 */
public final class UsageWatch implements AutoCloseable {
    private static final long INTERVAL_NANOS = 250_000_000;

    /** The watch may take one part in so many of a processor. */
    private static final int SHARE = 50;

    private static final double TICKS_PER_SECOND = ticksPerSecond();

    private record Switches(long before, long now) {}

    private record Memory(double second, double rssMegabytes) {}

    private final Path process;
    private final Thread thread;
    private final long startNanos = System.nanoTime();
    private final Usage.Cpu before;
    private volatile boolean stopped;
    // of the watching thread, and of the others once it has ended
    private final Map<String, Switches> switches = new HashMap<>();
    private final List<Memory> memory = new ArrayList<>();
    private int threads;

    /** Watches the process with the id {@code pid}; second 0 is now. */
    public UsageWatch(long pid) throws IOException {
        process = directory(pid);
        sweep(true);
        before = cpu(pid);
        thread = Thread.ofPlatform().daemon().name("bench-watch").start(this::watch);
    }

    private static Path directory(long pid) {
        return Path.of("/proc", String.valueOf(pid));
    }

    private static double ticksPerSecond() {
        try {
            Process getconf = new ProcessBuilder("getconf", "CLK_TCK").start();
            return Double.parseDouble(getconf.inputReader().readLine());
        } catch (IOException | RuntimeException unknown) {
            // what every Linux of today has
            return 100;
        }
    }

    /** Returns the processor time of a process since it began. */
    public static Usage.Cpu cpu(long pid) throws IOException {
        return cpu(directory(pid));
    }

    private static Usage.Cpu cpu(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        // the second field is the name, in parentheses, and may have blanks
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new Usage.Cpu(
                Long.parseLong(fields[11]) / TICKS_PER_SECOND,
                Long.parseLong(fields[12]) / TICKS_PER_SECOND);
    }

    private void watch() {
        while (!stopped) {
            long start = System.nanoTime();
            sweep(false);
            long took = System.nanoTime() - start;
            LockSupport.parkNanos(this, Math.max(INTERVAL_NANOS, took * SHARE));
        }
    }

    private void sweep(boolean first) {
        int count = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process.resolve("task"))) {
            memory.add(new Memory((System.nanoTime() - startNanos) / 1e9, rssMegabytes()));
            for (Path task : tasks) {
                count++;
                Long now = switchesOf(task);
                if (now != null) {
                    String id = String.valueOf(task.getFileName());
                    Switches known = switches.get(id);
                    // a thread that is new has done all of its switches while it was watched
                    long base = known != null ? known.before() : first ? now : 0;
                    switches.put(id, new Switches(base, now));
                }
            }
        } catch (IOException gone) {
            // the process has ended: the code that started it finds that out
            return;
        }
        threads = Math.max(threads, count);
    }

    private static @Nullable Long switchesOf(Path task) {
        try {
            return sum(task, "ctxt_switches:");
        } catch (IOException ended) {
            // the thread is gone since the directory was read
            return null;
        }
    }

    /** Returns the memory resident now, in megabytes. */
    public double rssMegabytes() throws IOException {
        return rssMegabytes(process);
    }

    /** Returns the memory of a process that is resident now, in megabytes. */
    public static double rssMegabytes(long pid) throws IOException {
        return rssMegabytes(directory(pid));
    }

    private static double rssMegabytes(Path process) throws IOException {
        return sum(process, "VmRSS:") / 1_024.0;
    }

    /** Returns the sum of the fields of {@code status} whose names end so. */
    private static long sum(Path task, String field) throws IOException {
        long sum = 0;
        for (String line : Files.readAllLines(task.resolve("status"))) {
            int at = line.indexOf(field);
            if (at >= 0) {
                String number = line.substring(at + field.length()).replace("kB", "");
                sum += Long.parseLong(number.strip());
            }
        }
        return sum;
    }

    /** Ends the watch and returns what it saw; while the process still runs. */
    public Usage stop() throws IOException {
        Usage.Cpu took = cpu(process).minus(before);
        close();
        sweep(false);
        long switched = 0;
        for (Switches one : switches.values()) {
            switched += one.now() - one.before();
        }
        return new Usage(took, switched, rssMegabytes(), sum(process, "VmHWM:") / 1_024.0, threads);
    }

    /** Returns the memory resident at that second, or at the last one before it; once stopped. */
    public double rssMegabytes(int second) {
        double found = 0;
        for (Memory one : memory) {
            if (found == 0 || one.second() <= second) {
                found = one.rssMegabytes();
            }
        }
        return found;
    }

    /** Returns the most memory resident at any look, in megabytes; once stopped. */
    public double mostRssMegabytes() {
        return memory.stream().mapToDouble(Memory::rssMegabytes).max().orElse(0);
    }

    @Override
    public void close() {
        stopped = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            LockSupport.unpark(thread);
            try {
                thread.join(10);
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
