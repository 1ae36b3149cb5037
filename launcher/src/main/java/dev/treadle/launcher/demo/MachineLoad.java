package dev.treadle.launcher.demo;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tells whether the machine has time for the demo. Other programs take processor time from servers
 * and clients alike, and so does the host of a virtual machine ("steal", proc_stat(5)). Then the
 * figures tell more of the others than of the servers.
 *
 * @param busyBefore share of the processor time that was in use before the demo began; null if the
 *     system does not tell, as only Linux does
 * @param stolen share that the host took while the demo ran; null if the system does not tell
 */
record MachineLoad(@Nullable Double busyBefore, @Nullable Double stolen) {
    /** Above these the figures of one run and the next differ by more than those of two models. */
    private static final double MOST_BUSY = 0.2;

    private static final double MOST_STOLEN = 0.05;

    private static final Path STAT = Path.of("/proc/stat");
    private static final Duration LOOK = Duration.ofMillis(500);

    /** The columns of the first line of {@code /proc/stat}. */
    private static final int IDLE = 3;

    private static final int IO_WAIT = 4;
    private static final int STEAL = 7;

    /** The times of all processors since the machine started, in ticks. */
    record Times(long all, long idle, long steal) {
        double busySince(Times before) {
            return 1 - share(idle - before.idle, before);
        }

        double stolenSince(Times before) {
            return share(steal - before.steal, before);
        }

        private double share(long ticks, Times before) {
            return (double) ticks / Math.max(1, all - before.all);
        }
    }

    /** A look at the machine that has begun. */
    static final class Look {
        private final @Nullable Times begin;
        private final @Nullable Double busyBefore;

        private Look(@Nullable Times begin, @Nullable Double busyBefore) {
            this.begin = begin;
            this.busyBefore = busyBefore;
        }

        /** Returns the load, to be called when the demo is over. */
        MachineLoad end() {
            Times end = times();
            return new MachineLoad(
                    busyBefore, begin == null || end == null ? null : end.stolenSince(begin));
        }

        /** Returns the load as far as it is known before the demo begins. */
        MachineLoad before() {
            return new MachineLoad(busyBefore, null);
        }
    }

    /** Looks at the machine for half a second, while this process does nothing. */
    static Look begin() throws InterruptedException {
        Times before = times();
        if (before == null) {
            return new Look(null, null);
        }
        Thread.sleep(LOOK.toMillis());
        Times now = times();
        return new Look(now, now == null ? null : now.busySince(before));
    }

    private static @Nullable Times times() {
        try (var lines = Files.lines(STAT)) {
            return lines.findFirst().map(MachineLoad::times).orElse(null);
        } catch (IOException notLinux) {
            return null;
        }
    }

    /** Returns null for a line that is not as expected. */
    private static @Nullable Times times(String line) {
        String[] words = line.split(" +", -1);
        if (!words[0].equals("cpu") || words.length <= STEAL + 1) {
            return null;
        }
        long all = 0;
        long[] ticks = new long[STEAL + 1];
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = Long.parseLong(words[i + 1]);
            all += ticks[i];
        }
        return new Times(all, ticks[IDLE] + ticks[IO_WAIT], ticks[STEAL]);
    }

    /**
     * Returns a sentence for each thing that makes the figures mean little; none if nothing does.
     */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (busyBefore != null && busyBefore > MOST_BUSY) {
            warnings.add(
                    String.format(
                            Locale.ROOT,
                            "the machine is busy: other programs used %.0f %% of its processor time before the demo"
                                    + " began (expected: at most %.0f %%). The figures mean little; run it again on a"
                                    + " quiet machine",
                            busyBefore * 100,
                            MOST_BUSY * 100));
        }
        if (stolen != null && stolen > MOST_STOLEN) {
            warnings.add(
                    String.format(
                            Locale.ROOT,
                            "the host of this virtual machine took %.0f %% of its processor time (steal; expected: at"
                                    + " most %.0f %%). The figures mean little",
                            stolen * 100,
                            MOST_STOLEN * 100));
        }
        return warnings;
    }
}
