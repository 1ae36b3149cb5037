package dev.treadle.boot;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Says that a worker model was set for nothing. */
final class NoWebServer {
    private static final Logger LOG = System.getLogger("dev.treadle.boot");

    private NoWebServer() {}

    static void warn(String model, String why) {
        LOG.log(
                Level.WARNING,
                "treadle: {0} (expected: a servlet application with a web server that Spring Boot"
                        + " starts): nothing runs on it: {1}",
                model,
                why);
    }
}
