package dev.treadle.it;

import java.util.List;
import java.util.stream.Stream;

/**
 * A line of Boot and a container it has.
 *
 * @param line 3 for 3.5, or 4
 * @param container the classifier of the executable jar
 */
record BootLine(int line, String container) {
    private static final String MATRIX = System.getProperty("treadle.boot.matrix", "some");
    private static final boolean FULL = MATRIX.equals("full");

    /**
     * Returns those of these that are of the build, and all with {@code
     * -Dtreadle.boot.matrix=full}.
     */
    static List<BootLine> some(BootLine... those) {
        List<BootLine> ofTheBuild = ofTheBuild();
        return FULL ? all() : Stream.of(those).filter(ofTheBuild::contains).toList();
    }

    /** Returns one for each container; all with the profile {@code lines}, as in CI. */
    static List<BootLine> ofTheBuild() {
        return MATRIX.equals("some") ? newest() : all();
    }

    /** Returns the newest line of Boot that there is for each container. */
    static List<BootLine> newest() {
        return List.of(
                new BootLine(3, "undertow"), new BootLine(4, "tomcat"), new BootLine(4, "jetty"));
    }

    /** Returns {@link #newest}, and all with {@code -Dtreadle.boot.matrix=full}. */
    static List<BootLine> newestOrAll() {
        return FULL ? all() : newest();
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
