package dev.treadle.bench.report;

/**
 * One thing that is measured.
 *
 * @param id in JSON, such as {@code cpu_us}
 * @param title in tables, with the unit
 * @param decimals that are worth reading
 * @param charted whether the chart shows it
 * @param compared whether ratios to peers are of use
 */
public record Metric(String id, String title, int decimals, boolean charted, boolean compared) {
    /** A metric that is compared and charted: the main result of the benchmark. */
    public static Metric chief(String id, String title, int decimals) {
        return new Metric(id, title, decimals, true, true);
    }

    /** A metric that is compared with peers. */
    public static Metric of(String id, String title, int decimals) {
        return new Metric(id, title, decimals, false, true);
    }

    /** A metric that is only shown. */
    public static Metric shown(String id, String title, int decimals) {
        return new Metric(id, title, decimals, false, false);
    }
}
