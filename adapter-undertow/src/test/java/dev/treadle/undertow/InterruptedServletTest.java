package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.Client;
import dev.treadle.tck.RawClient;

import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A servlet request that runs too long is answered 503, wherever it runs, and not with the 500 of
 * its own failure.
 */
class InterruptedServletTest {
    @ParameterizedTest
    @ValueSource(strings = {"/hang", "/dispatch"})
    void requestThatRunsTooLongGets503(String path) throws Exception {
        DeploymentManager deployment = Servlets.newContainer().addDeployment(deployment());
        deployment.deploy();
        WorkerSettings settings =
                WorkerSettings.builder().gevent(1).harakiri(Duration.ofMillis(100)).build();
        try (RunningUndertow server = new RunningUndertow(settings, deployment.start());
                RawClient client = server.connect()) {
            for (int i = 0; i < 2; i++) {
                Client.Answer answer = client.get(path);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("retry-after")).isEqualTo("1");
            }
        } finally {
            deployment.undeploy();
        }
    }

    private static DeploymentInfo deployment() {
        return Servlets.deployment()
                .setClassLoader(InterruptedServletTest.class.getClassLoader())
                .setDeploymentName("interrupted")
                .setContextPath("/")
                .addServlets(
                        servlet("hang", new Hanging()), servlet("dispatch", new Dispatching()));
    }

    private static ServletInfo servlet(String name, HttpServlet servlet) {
        return Servlets.servlet(name, servlet.getClass(), new ImmediateInstanceFactory<>(servlet))
                .addMapping("/" + name)
                .setAsyncSupported(true);
    }

    private static final class Hanging extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException interrupted) {
                throw new ServletException(interrupted);
            }
        }
    }

    private static final class Dispatching extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            request.startAsync().dispatch("/hang");
        }
    }
}
