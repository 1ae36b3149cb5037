package dev.treadle.launcher.host;

import java.nio.file.Path;
import java.time.Duration;

/** The content that a server serves. */
public sealed interface Content {
    /**
     * A web application in a WAR file.
     *
     * @param file the WAR, absolute
     * @param contextPath {@code /}, or a path that begins with a slash and ends without one
     */
    record War(Path file, String contextPath) implements Content {}

    /**
     * The demo's servlet, which sleeps and answers, at every path.
     *
     * @param duration how long a request takes
     */
    record Sleep(Duration duration) implements Content {}
}
