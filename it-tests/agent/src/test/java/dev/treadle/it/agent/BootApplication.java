package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.standalone.ServerProcess;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Boot applications that the build has made, and their processes. */
final class BootApplication {
    private static final Pattern PORT =
            Pattern.compile("(?:Tomcat|Jetty|Undertow) started on port (\\d+)");

    private BootApplication() {}

    /** The executable jar with the starter in it. */
    static Path executable(int boot, String container) {
        String module = "boot-app-" + boot;
        return Path.of(System.getProperty("treadle.root"), "it-tests", module, "target")
                .resolve(
                        "treadle-"
                                + module
                                + "-"
                                + System.getProperty("treadle.version")
                                + "-"
                                + container
                                + ".jar");
    }

    /** Waits until it is started, and returns its port. */
    static int port(ServerProcess application) {
        application.awaitLog("Started BootApp in ");
        Matcher port = PORT.matcher(application.log());
        assertThat(port.find()).as(application.log()).isTrue();
        return Integer.parseInt(port.group(1));
    }
}
