package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The dashboard asks for meters that there are. {@code BootServedTest} asks a Boot application. */
class DashboardTest {
    @Test
    void theCommandHasItsMeters() throws Exception {
        try (TreadleProcess server =
                        TreadleProcess.launcher(
                                "demo-server",
                                "--http=127.0.0.1:0",
                                "--stats=:0",
                                "--limit=/slow=3");
                HttpClient client = HttpClient.newHttpClient()) {
            URI metrics = server.statsAddress().resolve("/metrics");
            String text =
                    client.send(
                                    HttpRequest.newBuilder(metrics).build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            assertThat(Dashboard.meters()).hasSizeGreaterThan(15);
            assertThat(Dashboard.metersOf(text)).containsAll(Dashboard.meters());
        }
    }
}
