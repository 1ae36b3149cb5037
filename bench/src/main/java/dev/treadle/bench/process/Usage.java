package dev.treadle.bench.process;

/**
 * The resources that a process used while it was watched.
 *
 * @param cpu processor time
 * @param switches context switches, voluntary or not
 * @param rssMegabytes memory resident at the end
 * @param peakRssMegabytes the most memory resident since the process began
 * @param threads the most OS threads seen at a time
 */
public record Usage(
        Cpu cpu, long switches, double rssMegabytes, double peakRssMegabytes, int threads) {
    /**
     * Processor time.
     *
     * @param userSeconds in the process's own code
     * @param systemSeconds in the kernel on its behalf
     */
    public record Cpu(double userSeconds, double systemSeconds) {
        /** Returns both. */
        public double seconds() {
            return userSeconds + systemSeconds;
        }

        Cpu minus(Cpu earlier) {
            return new Cpu(
                    userSeconds - earlier.userSeconds, systemSeconds - earlier.systemSeconds);
        }
    }
}
