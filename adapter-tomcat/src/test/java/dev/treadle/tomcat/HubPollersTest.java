package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.GeventContract;
import dev.treadle.tck.RawClient;

import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How a connection of Tomcat gets a poller that carries a hub. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HubPollersTest {
    @Test
    void connectionsAreSpreadEvenlyAndStayWhereTheyAre() throws Exception {
        int hubs = 3;
        List<RawClient> clients = new ArrayList<>();
        // on a busy machine a spare carrier would serve in the place of a poller that is late
        WorkerSettings settings =
                TestTomcat.settings(WorkerModel.GEVENT, 100)
                        .hubs(hubs)
                        .retake(GeventContract.NO_RETAKE)
                        .build();
        try (TestTomcat server = new TestTomcat(settings)) {
            server.servlet(
                    "/carrier",
                    (request, response) ->
                            response.getWriter()
                                    .print(Thread.currentThread().toString().split("@", 2)[1]));
            server.start();
            Map<String, Integer> connections = new HashMap<>();
            for (int i = 0; i < 4 * hubs; i++) {
                RawClient client = new RawClient(server.port());
                clients.add(client);
                String carrier = client.get("/carrier").text();
                assertThat(carrier).contains("-Poller-");
                assertThat(client.get("/carrier").text()).isEqualTo(carrier);
                connections.merge(carrier, 1, Integer::sum);
            }
            assertThat(connections).hasSize(hubs);
            assertThat(connections.values()).containsOnly(4);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void theTrialLeavesTheEndpointAsItWas() {
        NioEndpoint endpoint = new NioEndpoint();
        PollerInternals internals = PollerInternals.find().orElseThrow();
        assertThat(internals.trial(endpoint)).isNull();
        assertThat(internals.poller(endpoint)).isNull();
    }

    /** Gives each connection its own poller, whatever value the endpoint's field has. */
    private static final class Stubborn extends NioEndpoint {
        private @Nullable Poller own;

        @Override
        public void startInternal() throws Exception {
            super.startInternal();
            own = super.getPoller();
        }

        @Override
        protected @Nullable Poller getPoller() {
            return own;
        }
    }

    @Test
    void whereTheTrialFailsHubsHaveThreadsAndTheStartLineSaysWhy(@TempDir Path base)
            throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector(new Http11NioProtocol(new Stubborn()));
        connector.setPort(0);
        tomcat.setConnector(connector);
        tomcat.addContext("", base.toString());
        try (Workers workers =
                Workers.open(TestTomcat.settings(WorkerModel.GEVENT, 5).hubs(1).build())) {
            Installation installation = TomcatWorkers.install(tomcat, workers);
            tomcat.start();
            try (RawClient client = new RawClient(connector.getLocalPort())) {
                assertThat(installation.startLine())
                        .contains("(on threads of their own: this Tomcat's NioEndpoint")
                        .contains("a connection does not take the endpoint's poller");
                assertThat(client.get("/").status()).isEqualTo(404);
            } finally {
                tomcat.stop();
                tomcat.destroy();
            }
        }
    }
}
