package dev.treadle.bench.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The resources that a process uses, second by second, from the creation of this object until its
 * close. If a sample is late, on a busy machine, it is kept as the sample of its planned second.
 */
public final class UsageTimeline implements AutoCloseable {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private record Sample(double cpuSeconds, double rssMegabytes) {}

    private final ProcessStatus process;
    private final long startNanos = System.nanoTime();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Sample> samples = new ArrayList<>(); // guarded by this

    /** Watches the process with the id {@code pid}; second 0 is now. */
    public UsageTimeline(long pid) throws IOException {
        process = new ProcessStatus(pid);
        sample();
        Thread.ofPlatform().daemon().name("bench-timeline").start(this::watch);
    }

    private void watch() {
        try {
            for (int second = 1; ; second++) {
                long wait = startNanos + second * SECOND_NANOS - System.nanoTime();
                if (closed.await(wait, TimeUnit.NANOSECONDS)) {
                    return;
                }
                sample();
            }
        } catch (InterruptedException never) {
            // no code interrupts this thread
            Thread.currentThread().interrupt();
        } catch (IOException gone) {
            // the process has ended: the code that started it finds that out
            close();
        }
    }

    private void sample() throws IOException {
        Sample sample = new Sample(process.ticks().seconds(), process.rssMegabytes());
        synchronized (this) {
            samples.add(sample);
        }
    }

    /** Returns the processor time taken between two seconds, or until the last one seen. */
    public double cpuSeconds(long from, long to) {
        return at(to).cpuSeconds() - at(from).cpuSeconds();
    }

    /** Returns the memory resident at that second, in megabytes. */
    public double rssMegabytes(long second) {
        return at(second).rssMegabytes();
    }

    /** Returns the most memory resident at any second, in megabytes. */
    public synchronized double mostRssMegabytes() {
        return samples.stream().mapToDouble(Sample::rssMegabytes).max().orElse(0);
    }

    private synchronized Sample at(long second) {
        return samples.get((int) Math.min(second, samples.size() - 1));
    }

    /** Ends the sampling; the samples can still be read. */
    @Override
    public void close() {
        closed.countDown();
    }
}
