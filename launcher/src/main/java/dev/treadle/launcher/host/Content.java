package dev.treadle.launcher.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The content that a server serves. */
public sealed interface Content {
    /**
     * Web applications.
     *
     * @param wars one or more, each at another context path
     */
    record Wars(List<War> wars) implements Content {
        /** Makes the list immutable. */
        public Wars {
            wars = List.copyOf(wars);
        }
    }

    /**
     * The demo's servlet, which sleeps and answers, at every path.
     *
     * @param duration how long a request takes
     */
    record Sleep(Duration duration) implements Content {}

    /**
     * A web application.
     *
     * @param file the WAR file or the exploded directory, absolute
     * @param contextPath {@code /}, or a path that begins with a slash and ends without one
     */
    record War(Path file, String contextPath) {}
}
