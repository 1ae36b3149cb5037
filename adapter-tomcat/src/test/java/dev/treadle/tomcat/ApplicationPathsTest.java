package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
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
                assertThat(ServerWorkers.of(workers).gate().probe("/early/ready")).isNotNull();
                assertThat(ServerWorkers.of(workers).gate().probe("/late/ready")).isNull();
                Context late = tomcat.addContext("/late", base.toString());
                assertThat(ServerWorkers.of(workers).gate().probe("/late/ready")).isNotNull();
                tomcat.getHost().removeChild(late);
                assertThat(ServerWorkers.of(workers).gate().probe("/late/ready")).isNull();

                StandardHost other = new StandardHost();
                other.setName("other.example");
                tomcat.getEngine().addChild(other);
                tomcat.addContext(other, "/elsewhere", base.toString());
                assertThat(ServerWorkers.of(workers).gate().probe("/elsewhere/ready")).isNotNull();
                assertThat(ServerWorkers.of(workers).gate().probe("/early/ready")).isNotNull();
            } finally {
                tomcat.stop();
                tomcat.destroy();
            }
        }
    }
}
