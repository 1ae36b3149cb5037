package dev.treadle.bench.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
import dev.treadle.bench.client.SlowParty;
import dev.treadle.bench.process.Database;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A server of the benchmarks answers all that {@link Work} does, and runs requests on what it says.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class HostContract {
    private static final int AT_ONCE = 40;
    private static final int FIRST = 150;
    private static final int LAST = 20;

    /**
     * A runner of the server under test.
     *
     * @param runner what runs the requests
     * @param carrier a part of what {@code /carrier} answers
     */
    public record Case(Runner runner, String carrier) {}

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable Database database;

    private final Supplier<Host> servers;
    private final List<Case> cases;

    /**
     * @param servers makes servers that are not started
     * @param cases the runners they have
     */
    protected HostContract(Supplier<Host> servers, Case... cases) {
        this.servers = servers;
        this.cases = List.of(cases);
    }

    final List<Case> cases() {
        return cases;
    }

    @BeforeAll
    final void startDatabase() throws IOException {
        database = new Database();
        System.setProperty(Customers.PORT, String.valueOf(database.port()));
    }

    @AfterAll
    final void stopDatabase() throws IOException {
        client.close();
        System.clearProperty(Customers.PORT);
        if (database != null) {
            database.close();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    final void answersAllThatTheApplicationDoes(Case tested) throws Exception {
        Host host = servers.get();
        Workers workers = workers(tested.runner());
        try (SlowParty party = new SlowParty()) {
            int port = host.start(new HostSetup(tested.runner(), 100, workers, true));
            String third = "?ms=5&port=" + party.port();
            String ownNumber = "/freeze?ms=1&id=" + port;

            assertThat(get(port, "/fast")).isEqualTo("200 Hello, World!");
            assertThat(get(port, "/sleep?ms=1")).isEqualTo("200 done, and well");
            assertThat(get(port, "/hog?ms=1")).isEqualTo("200 done, and well");
            assertThat(get(port, "/upstream" + third)).isEqualTo("200 done, and well");
            assertThat(get(port, "/proxy" + third)).isEqualTo("200 paid");
            assertThat(get(port, "/jdbc")).startsWith("200 customer ");
            assertThat(get(port, ownNumber)).isEqualTo("200 done, and well");
            assertThat(get(port, "/nothing")).startsWith("404");
            if (!tested.carrier().isEmpty()) {
                // Micronaut's loom carrier leaves its first requests to the JDK's scheduler, and
                // Treadle a few to spare carriers
                assertThat(
                                Stream.generate(() -> get(port, "/carrier"))
                                        .limit(FIRST + LAST)
                                        .skip(FIRST)
                                        .filter(carrier -> carrier.contains(tested.carrier())))
                        .hasSizeGreaterThan(LAST / 2);
            }
            manyAtOnce(port, third);
        } finally {
            host.stop();
            if (workers != null) {
                workers.close();
            }
        }
    }

    private void manyAtOnce(int port, String third) {
        List<CompletableFuture<String>> answers =
                IntStream.range(0, AT_ONCE)
                        .mapToObj(i -> ask(port, i % 2 == 0 ? "/proxy" + third : "/jdbc"))
                        .toList();
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer.join()).matches("200 (paid|customer \\d+)"));
    }

    private static @Nullable Workers workers(Runner runner) {
        return runner.isTreadle()
                ? Workers.open(
                        WorkerSettings.resolve(
                                List.of(SettingsSource.flags(Map.of(runner.word(), "100")))))
                : null;
    }

    private String get(int port, String path) {
        return ask(port, path).join();
    }

    private CompletableFuture<String> ask(int port, String path) {
        URI uri = URI.create("http://" + HostSetup.ADDRESS + ":" + port + path);
        return client.sendAsync(
                        HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(answer -> answer.statusCode() + " " + answer.body());
    }
}
