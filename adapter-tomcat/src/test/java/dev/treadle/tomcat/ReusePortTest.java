package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.RawClient;

import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioEndpoint;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Two servers that listen on one port. */
class ReusePortTest {
    private static WorkerSettings sharing() {
        return TestTomcat.settings(WorkerModel.GEVENT, 5).reusePort(true).build();
    }

    private static TestTomcat server(String name) throws IOException {
        return new TestTomcat(sharing())
                .servlet("/name", (request, response) -> response.getWriter().print(name));
    }

    @Test
    void whenOneStopsTheOtherServesPlainAndTls() throws Exception {
        try (TestTomcat first = server("first")) {
            Connector tls = first.add(true);
            first.start();
            int plainPort = first.port();
            int tlsPort = tls.getLocalPort();
            try (TestTomcat second = server("second")) {
                second.tomcat().getConnector().setPort(plainPort);
                second.add(true).setPort(tlsPort);
                second.start();
                first.tomcat().stop();
                assertThat(name(new RawClient(plainPort))).isEqualTo("second");
                assertThat(name(RawClient.overTls(tlsPort))).isEqualTo("second");
                // bound again at each start, beside the other
                first.tomcat().getConnector().setPort(plainPort);
                tls.setPort(tlsPort);
                first.tomcat().start();
                second.tomcat().stop();
                // a context made in code loses its servlets with a stop: the server answers itself
                assertThat(name(new RawClient(plainPort))).contains("404");
                assertThat(name(RawClient.overTls(tlsPort))).contains("404");
            }
        }
    }

    private static String name(RawClient client) throws IOException {
        try (client) {
            return client.get("/name").text();
        }
    }

    @Test
    void aPortThatIsNotSharedIsRefusedAsEver() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TestTomcat server = server("late")) {
            server.tomcat().getConnector().setPort(taken.getLocalPort());
            server.tomcat().getConnector().setThrowOnFailure(true);
            assertThatThrownBy(server::start)
                    .isInstanceOf(LifecycleException.class)
                    .hasRootCauseInstanceOf(BindException.class);
        }
    }

    /** One that binds by itself would be bypassed. */
    private static final class OwnSocket extends NioEndpoint {}

    @Test
    void anEndpointOfTheUsersIsRefused() throws Exception {
        try (TestTomcat server = server("own")) {
            Connector own = new Connector(new Http11NioProtocol(new OwnSocket()));
            own.setPort(0);
            server.tomcat().getService().addConnector(own);
            assertThatThrownBy(server::start)
                    .hasStackTraceContaining(
                            "reuse-port: on (expected: off, or the NIO connector of")
                    .hasStackTraceContaining(
                            OwnSocket.class.getName() + " binds no TCP port by itself");
        }
    }
}
