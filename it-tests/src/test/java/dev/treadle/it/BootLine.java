package dev.treadle.it;

import java.util.List;

/**
 * A line of Boot and a container it has.
 *
 * @param line 3 for 3.5, or 4
 * @param container the classifier of the executable jar
 */
record BootLine(int line, String container) {
    private static final boolean FULL = "full".equals(System.getProperty("treadle.boot.matrix"));

    /** Returns these, and all with {@code -Dtreadle.boot.matrix=full}. */
    static List<BootLine> some(BootLine... those) {
        return FULL ? all() : List.of(those);
    }

    static List<BootLine> all() {
        return List.of(
                new BootLine(3, "tomcat"),
                new BootLine(3, "jetty"),
                new BootLine(3, "undertow"),
                new BootLine(4, "tomcat"),
                new BootLine(4, "jetty"));
    }

    @Override
    public String toString() {
        return "Boot " + line + " on " + container;
    }
}
