package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
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
                assertThat(ServerWorkers.of(workers).gate().probe("/early/ready")).isNotNull();
                assertThat(ServerWorkers.of(workers).gate().probe("/late/ready")).isNull();
                ContextHandler late = new ContextHandler("/late");
                applications.addHandler(late);
                late.start();
                assertThat(ServerWorkers.of(workers).gate().probe("/late/ready")).isNotNull();
                late.stop();
                applications.removeHandler(late);
                assertThat(ServerWorkers.of(workers).gate().probe("/late/ready")).isNull();
                assertThat(ServerWorkers.of(workers).gate().probe("/early/ready")).isNotNull();
            } finally {
                server.stop();
            }
            server.setHandler(new ContextHandler("/again"));
            server.start();
            try {
                assertThat(ServerWorkers.of(workers).gate().probe("/again/ready")).isNotNull();
                assertThat(ServerWorkers.of(workers).gate().probe("/early/ready")).isNull();
            } finally {
                server.stop();
            }
        }
    }
}
