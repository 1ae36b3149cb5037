package dev.treadle.bench.process;

import java.io.IOException;

/** The resources that a process has used since it began. */
public final class ProcessUsage {
    private ProcessUsage() {}

    /** Returns the processor time in seconds, in its own code and in the kernel. */
    public static double cpuSeconds(long pid) throws IOException {
        return new ProcessStatus(pid).ticks().seconds();
    }
}
