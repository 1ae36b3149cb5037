package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.Permit;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import org.apache.catalina.Context;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

final class ApplicationPathsTest {
    @Test
    void applicationsMayComeAndGoWhileTheServerRuns(@TempDir Path base) throws Exception {
        try (Workers workers =
                Workers.open(WorkerSettings.builder().threads(5).readyPath("/ready").build())) {
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(base.toString());
            tomcat.setPort(0);
            tomcat.addContext("/early", base.toString());
            TomcatWorkers.install(tomcat, workers);
            tomcat.start();
            try {
                assertThat(isReadyPath(workers, "/early/ready")).isTrue();
                assertThat(isReadyPath(workers, "/late/ready")).isFalse();
                Context late = tomcat.addContext("/late", base.toString());
                assertThat(isReadyPath(workers, "/late/ready")).isTrue();
                tomcat.getHost().removeChild(late);
                assertThat(isReadyPath(workers, "/late/ready")).isFalse();

                StandardHost other = new StandardHost();
                other.setName("other.example");
                tomcat.getEngine().addChild(other);
                tomcat.addContext(other, "/elsewhere", base.toString());
                assertThat(isReadyPath(workers, "/elsewhere/ready")).isTrue();
                assertThat(isReadyPath(workers, "/early/ready")).isTrue();
            } finally {
                tomcat.stop();
                tomcat.destroy();
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
