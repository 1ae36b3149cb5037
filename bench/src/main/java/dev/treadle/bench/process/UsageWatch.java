package dev.treadle.bench.process;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches one process from when it is made until {@link #stop}, by what Linux tells in {@code
 * /proc/PID}.
 *
 * <p>Processor time and memory are read at both ends. Context switches are told by thread, and lost
 * when a thread ends: so they are read now and then, and a thread that ends loses what it did
 * since.
 */
public final class UsageWatch implements AutoCloseable {
    private static final long INTERVAL_NANOS = 250_000_000;

    /** The watch may take one part in so many of a processor. */
    private static final int SHARE = 50;

    private record Switches(long before, long now) {}

    private final ProcessStatus process;
    private final Thread thread;
    private volatile boolean stopped;
    private final ProcessStatus.Ticks before;
    // of the watching thread, and of the others once it has ended
    private final Map<String, Switches> switches = new HashMap<>();
    private int threads;

    /** Watches the process with the id {@code pid}. */
    public UsageWatch(long pid) throws IOException {
        process = new ProcessStatus(pid);
        sweep(true);
        before = process.ticks();
        thread = Thread.ofPlatform().daemon().name("bench-watch").start(this::watch);
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
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process.tasks())) {
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
        long sum = 0;
        try {
            for (String line : Files.readAllLines(task.resolve("status"))) {
                if (line.contains("ctxt_switches:")) {
                    sum += Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
                }
            }
            return sum;
        } catch (IOException ended) {
            // the thread is gone since the directory was read
            return null;
        }
    }

    /** Returns the memory resident now, in megabytes. */
    public double rssMegabytes() throws IOException {
        return process.rssMegabytes();
    }

    /** Ends the watch and returns what it saw; while the process still runs. */
    public Usage stop() throws IOException {
        ProcessStatus.Ticks took = process.ticks().minus(before);
        close();
        sweep(false);
        long switched = 0;
        for (Switches one : switches.values()) {
            switched += one.now() - one.before();
        }
        return new Usage(
                took.userSeconds(),
                took.systemSeconds(),
                switched,
                process.rssMegabytes(),
                process.peakRssMegabytes(),
                threads);
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
