package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;

/**
 * A web application of other people, the Hawtio console from Maven Central, not changed by a byte.
 */
class RealWarTest {
    static Stream<String> containers() {
        return Cell.containers();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void hawtioServesItsPagesAndItsJmxBridge(String container) throws Exception {
        try (TreadleProcess server =
                        TreadleProcess.launcherWith(
                                List.of("-Dhawtio.authenticationEnabled=false"),
                                "--http",
                                "127.0.0.1:0",
                                "--container=" + container,
                                "--gevent=100",
                                "--context=/hawtio",
                                "--war",
                                Places.realWar().toString());
                Web web = new Web(server.address())) {
            HttpResponse<String> page = web.get("/hawtio/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("<title>Hawtio</title>");

            JsonNode version =
                    new ObjectMapper().readTree(web.get("/hawtio/jolokia/version").body());
            assertThat(version.at("/status").asInt()).isEqualTo(200);
            // Jolokia has no name for Undertow
            assertThat(version.at("/value/details/server_product").asText())
                    .isEqualTo(container.equals("undertow") ? "" : container);

            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
        }
    }
}
