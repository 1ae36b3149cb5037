package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * Many requests in the first second of a Boot application say nothing about its code: classes load,
 * and nothing is compiled yet. With {@code -Dtreadle.boot.matrix=full} every model on each line of
 * Boot and container; else gevent on each, which alone has hubs, and the others once.
 */
final class ColdStartTest {
    private static final int REQUESTS = 50;
    private static final Pattern PORT =
            Pattern.compile("(?:Tomcat|Jetty|Undertow) started on port (\\d+)");

    /** A line that begins a record of the log, and one of Treadle's own loggers. */
    private static final Pattern RECORD = Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT.*");

    private static final Pattern OURS =
            Pattern.compile("^\\S+ +[A-Z]+ .*\\] dev\\.treadle\\.(?!it\\.)\\S+ +: .*");

    /** The pages differ, so that each loads classes of its own. */
    private static final List<String> PAGES =
            List.of(
                    "/hello",
                    "/thread",
                    "/checkout?ms=10",
                    "/context?note=cold",
                    "/events?count=2",
                    "/deferred?ms=10",
                    "/callable",
                    "/stream?lines=5",
                    "/customers/count?name=none",
                    "/actuator/health");

    /** How the application is started. */
    record Way(BootLine line, String model) {
        /**
         * Returns the options of the JVM of a user, which compiles as it does by default, for
         * gevent on the newest line of each container. The other ways load the same classes with
         * the quick compiler alone, for half the CPU.
         */
        List<String> jvmOptions() {
            return model.equals("gevent") && BootLine.newest().contains(line)
                    ? List.of()
                    : List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
        }

        @Override
        public String toString() {
            return line + " --" + model;
        }
    }

    static List<Way> ways() {
        List<Way> ways = new ArrayList<>();
        for (BootLine line :
                BootLine.some(
                        new BootLine(3, "undertow"),
                        new BootLine(3, "tomcat"),
                        new BootLine(4, "tomcat"),
                        new BootLine(4, "jetty"))) {
            ways.add(new Way(line, "gevent"));
        }
        for (BootLine line : BootLine.some(new BootLine(4, "tomcat"))) {
            ways.add(new Way(line, "virtual"));
            ways.add(new Way(line, "threads"));
        }
        return ways;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void manyRequestsInTheFirstSecondFillNoLog(Way way) throws Exception {
        try (ThirdParty party = new ThirdParty();
                TreadleProcess server = start(way, party);
                Web web = new Web(URI.create(address(server)))) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                answers.add(web.getLater(PAGES.get(i % PAGES.size())));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
            }
            String out = server.out();
            assertThat(out).contains("Treadle 0");
            assertThat(linesOfOurs(out)).as(out).hasSizeLessThanOrEqualTo(1);
        }
    }

    /** The executable jar, as users start it. */
    private static TreadleProcess start(Way way, ThirdParty party) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Places.java().toString());
        command.addAll(way.jvmOptions());
        command.addAll(
                List.of(
                        "-Xmx512m",
                        "-jar",
                        Places.bootApp(way.line().line(), way.line().container()).toString(),
                        "--server.port=0",
                        "--" + way.model(),
                        "1000",
                        Database.argument(),
                        "--spring.datasource.hikari.connection-timeout=120000", // no test of speed
                        party.argument()));
        return TreadleProcess.start(new ProcessBuilder(command), Map.of());
    }

    private static String address(TreadleProcess server) {
        return "http://127.0.0.1:" + server.awaitOut(PORT).group(1);
    }

    /** Returns each line of a record of ours, its stack too, without the start line. */
    private static List<String> linesOfOurs(String out) {
        List<String> lines = new ArrayList<>();
        boolean inOurs = false;
        for (String line : out.split("\n")) {
            if (RECORD.matcher(line).matches()) {
                inOurs = OURS.matcher(line).matches() && !line.contains(": Treadle 0");
            }
            if (inOurs) {
                lines.add(line);
            }
        }
        return lines;
    }
}
