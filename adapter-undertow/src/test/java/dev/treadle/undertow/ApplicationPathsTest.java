package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.Permit;
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
            assertThat(isReadyPath(workers, "/before/ready")).isTrue();
            assertThat(isReadyPath(workers, "/after/ready")).isFalse();
            DeploymentManager after = deploy("/after");
            assertThat(isReadyPath(workers, "/after/ready")).isTrue();
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
