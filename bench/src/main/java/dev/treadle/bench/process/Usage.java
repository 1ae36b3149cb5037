package dev.treadle.bench.process;

/**
 * The resources that a process used while it was watched.
 *
 * @param userSeconds processor time in its own code
 * @param systemSeconds processor time in the kernel on its behalf
 * @param switches context switches, voluntary or not
 * @param rssMegabytes memory resident at the end
 * @param peakRssMegabytes the most memory resident since the process began
 * @param threads the most OS threads seen at a time
 */
public record Usage(
        double userSeconds,
        double systemSeconds,
        long switches,
        double rssMegabytes,
        double peakRssMegabytes,
        int threads) {
    /** Processor time in all. */
    public double cpuSeconds() {
        return userSeconds + systemSeconds;
    }
}
