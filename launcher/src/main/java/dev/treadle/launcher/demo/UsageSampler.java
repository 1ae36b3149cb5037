package dev.treadle.launcher.demo;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches one server process while it is open: {@code /proc/PID/status} tells threads and memory.
 */
final class UsageSampler implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(20);

    private final ProcessHandle server;
    private final Path status;
    private final @Nullable Duration cpuBefore;
    private final Thread thread;
    private volatile boolean closed;
    private volatile int peakThreads;

    UsageSampler(ProcessHandle server) {
        this.server = server;
        this.status = Path.of("/proc", String.valueOf(server.pid()), "status");
        this.cpuBefore = cpu();
        this.thread =
                Thread.ofPlatform().daemon().name("treadle-demo-sampler").unstarted(this::sample);
    }

    UsageSampler start() {
        thread.start();
        return this;
    }

    private void sample() {
        while (!closed) {
            Long threads = field("Threads:");
            if (threads == null) {
                return;
            }
            peakThreads = Math.max(peakThreads, threads.intValue());
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }

    /**
     * Returns what the server took since this sampler was made; to be called while the server still
     * runs.
     */
    ServerUsage usage() {
        Duration cpuAfter = cpu();
        Long peakKilobytes = field("VmHWM:");
        return new ServerUsage(
                peakThreads == 0 ? null : Integer.valueOf(peakThreads),
                cpuBefore == null || cpuAfter == null
                        ? null
                        : Double.valueOf(cpuAfter.minus(cpuBefore).toMillis() / 1e3),
                peakKilobytes == null ? null : Long.valueOf(peakKilobytes / 1_024));
    }

    private @Nullable Duration cpu() {
        return server.info().totalCpuDuration().orElse(null);
    }

    private @Nullable Long field(String name) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith(name)) {
                    return Long.valueOf(line.substring(name.length()).replace("kB", "").strip());
                }
            }
            return null;
        } catch (IOException unknown) {
            // no such file: another system than Linux, or the server is gone, which its exit code
            // tells
            return null;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
