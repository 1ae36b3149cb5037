package dev.treadle.it;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The Boot application in a process of its own, started as users do, with {@code java -jar}: of the
 * executable jar, or of the jar that is left when that is unpacked.
 */
record BootServer(TreadleProcess process, URI address) implements AutoCloseable {
    private static final Pattern PORT =
            Pattern.compile("(?:Tomcat|Jetty|Undertow) started on port (\\d+)");
    private static final Pattern STARTED = Pattern.compile("Started BootApp in ");

    /** Starts it unpacked. */
    static BootServer start(BootLine line, String... arguments) throws Exception {
        return started(launch(line, List.of(arguments), Map.of()));
    }

    /** Starts its executable jar. */
    static BootServer startPacked(BootLine line, String... arguments) throws Exception {
        return started(
                launch(
                        Places.bootApp(line.line(), line.container()),
                        List.of(arguments),
                        Map.of()));
    }

    private static BootServer started(TreadleProcess process) {
        try {
            process.awaitOut(STARTED);
            String port = process.awaitOut(PORT).group(1);
            return new BootServer(process, URI.create("http://127.0.0.1:" + port));
        } catch (Throwable failed) {
            process.close();
            throw failed;
        }
    }

    /** Starts it unpacked and waits for nothing: it may be made to fail. */
    static TreadleProcess launch(
            BootLine line, List<String> arguments, Map<String, String> environment)
            throws Exception {
        return launch(Layers.unpacked(line), arguments, environment);
    }

    private static TreadleProcess launch(
            Path jar, List<String> arguments, Map<String, String> environment) throws Exception {
        List<String> all = new ArrayList<>(List.of("--server.port=0"));
        all.addAll(arguments);
        return TreadleProcess.jar(jar, List.of(), all, environment);
    }

    @Override
    public void close() {
        process.close();
    }
}
