package dev.treadle.it;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The Boot application in a process of its own, started as users do, with {@code java -jar}. */
record BootServer(TreadleProcess process, URI address) implements AutoCloseable {
    private static final Pattern PORT =
            Pattern.compile("(?:Tomcat|Jetty|Undertow) started on port (\\d+)");
    private static final Pattern STARTED = Pattern.compile("Started BootApp in ");

    static BootServer start(BootLine line, String... arguments) throws IOException {
        TreadleProcess process = launch(line, List.of(arguments), Map.of());
        try {
            process.awaitOut(STARTED);
            String port = process.awaitOut(PORT).group(1);
            return new BootServer(process, URI.create("http://127.0.0.1:" + port));
        } catch (Throwable failed) {
            process.close();
            throw failed;
        }
    }

    /** Starts it and waits for nothing: it may be made to fail. */
    static TreadleProcess launch(
            BootLine line, List<String> arguments, Map<String, String> environment)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("--server.port=0"));
        all.addAll(arguments);
        return TreadleProcess.jar(
                Places.bootApp(line.line(), line.container()), List.of(), all, environment);
    }

    @Override
    public void close() {
        process.close();
    }
}
