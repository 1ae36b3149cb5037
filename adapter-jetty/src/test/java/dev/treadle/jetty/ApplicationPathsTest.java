package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.Permit;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.junit.jupiter.api.Test;

final class ApplicationPathsTest {
    @Test
    void applicationsMayComeAndGoWhileTheServerRuns() throws Exception {
        try (Workers workers =
                Workers.open(WorkerSettings.builder().threads(5).readyPath("/ready").build())) {
            Server server = new Server(JettyWorkers.threadPool(workers));
            JettyWorkers.install(server, workers);
            ContextHandlerCollection applications = new ContextHandlerCollection();
            server.setHandler(new Handler.Wrapper(applications));
            ContextHandler early = new ContextHandler();
            applications.addHandler(early);
            early.setContextPath("/early"); // after it was added, as many do
            server.start();
            try {
                assertThat(isReadyPath(workers, "/early/ready")).isTrue();
                assertThat(isReadyPath(workers, "/late/ready")).isFalse();
                ContextHandler late = new ContextHandler("/late");
                applications.addHandler(late);
                late.start();
                assertThat(isReadyPath(workers, "/late/ready")).isTrue();
                late.stop();
                applications.removeHandler(late);
                assertThat(isReadyPath(workers, "/late/ready")).isFalse();
                assertThat(isReadyPath(workers, "/early/ready")).isTrue();
            } finally {
                server.stop();
            }
            server.setHandler(new ContextHandler("/again"));
            server.start();
            try {
                assertThat(isReadyPath(workers, "/again/ready")).isTrue();
                assertThat(isReadyPath(workers, "/early/ready")).isFalse();
            } finally {
                server.stop();
            }
        }
    }

    /** Whether the gate itself answers a request with this path. */
    private static boolean isReadyPath(Workers workers, String path) throws Exception {
        return switch (ServerWorkers.of(workers).gate().enter("GET", path, ClientSocket.UNKNOWN)) {
            case GateAnswer answer -> true;
            case Permit permit -> {
                permit.release();
                yield false;
            }
        };
    }
}
