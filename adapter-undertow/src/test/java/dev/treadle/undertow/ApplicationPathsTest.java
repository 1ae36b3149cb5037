package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;

import org.junit.jupiter.api.Test;

final class ApplicationPathsTest {
    /** Most deploy first, for the handler of the deployment is part of the root handler. */
    @Test
    void applicationsMayComeBeforeTheWorkersAndAfterThem() throws Exception {
        DeploymentManager before = deploy("/before");
        try (Workers workers =
                Workers.open(WorkerSettings.builder().threads(5).readyPath("/ready").build())) {
            UndertowWorkers.install(
                    Undertow.builder().addHttpListener(0, "127.0.0.1"), before.start(), workers);
            assertThat(ServerWorkers.of(workers).gate().probe("/before/ready")).isNotNull();
            assertThat(ServerWorkers.of(workers).gate().probe("/after/ready")).isNull();
            DeploymentManager after = deploy("/after");
            assertThat(ServerWorkers.of(workers).gate().probe("/after/ready")).isNotNull();
            after.undeploy();
            before.stop();
            before.undeploy();
        }
    }

    private static DeploymentManager deploy(String contextPath) {
        DeploymentManager manager =
                Servlets.newContainer()
                        .addDeployment(
                                Servlets.deployment()
                                        .setClassLoader(ApplicationPathsTest.class.getClassLoader())
                                        .setDeploymentName(contextPath)
                                        .setContextPath(contextPath));
        manager.deploy();
        return manager;
    }
}
