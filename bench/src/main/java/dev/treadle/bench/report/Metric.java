package dev.treadle.bench.report;

/**
 * One thing that is measured.
 *
 * @param id in JSON, such as {@code cpu_us}
 * @param title in tables, with the unit
 * @param decimals that are worth reading
 * @param compared whether ratios to peers are of use
 */
public record Metric(String id, String title, int decimals, boolean compared) {
    /** A metric that is compared with peers. */
    public static Metric of(String id, String title, int decimals) {
        return new Metric(id, title, decimals, true);
    }

    /** A metric that is only shown. */
    public static Metric shown(String id, String title, int decimals) {
        return new Metric(id, title, decimals, false);
    }

    @Override
    public String toString() {
        return id;
    }
}
