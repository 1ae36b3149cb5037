package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerSettings;
import dev.treadle.tck.RawClient;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.xnio.Options;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Listeners of asynchronous servlets are called as usual, where blocking threads would park. */
class AsyncStreamsTest {
    private static final int FACTOR = 100_000;

    private final AtomicInteger read = new AtomicInteger();

    @Test
    void readAndWriteListenersAreCalled() throws Exception {
        DeploymentManager deployment = Servlets.newContainer().addDeployment(deployment());
        deployment.deploy();
        WorkerSettings settings = WorkerSettings.builder().gevent(2).hubs(1).build();
        Undertow.Builder builder = Undertow.builder().setSocketOption(Options.SEND_BUFFER, 16_384);
        try (RunningUndertow server = new RunningUndertow(settings, deployment.start(), builder);
                RawClient client = new RawClient(Ports.of(server.undertow()), 4_096)) {
            for (int i = 0; i < 3; i++) {
                read.set(0);
                client.send(
                        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n0123456789");
                Awaitility.await().until(() -> read.get() == 10);
                client.send("0123456789");
                assertThat(client.read().text()).hasSize(20 * FACTOR);
            }
        } finally {
            deployment.undeploy();
        }
    }

    private DeploymentInfo deployment() {
        Listening servlet = new Listening(read);
        return Servlets.deployment()
                .setClassLoader(AsyncStreamsTest.class.getClassLoader())
                .setDeploymentName("listening")
                .setContextPath("/")
                .addServlet(
                        Servlets.servlet(
                                        "listening",
                                        Listening.class,
                                        new ImmediateInstanceFactory<>(servlet))
                                .addMapping("/")
                                .setAsyncSupported(true));
    }

    private static final class Listening extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final AtomicInteger read;

        Listening(AtomicInteger read) {
            this.read = read;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            AsyncContext async = request.startAsync();
            ServletInputStream in = request.getInputStream();
            in.setReadListener(new Reading(async, in, response.getOutputStream(), read));
        }
    }

    private record Reading(
            AsyncContext async, ServletInputStream in, ServletOutputStream out, AtomicInteger read)
            implements ReadListener {
        @Override
        public void onDataAvailable() throws IOException {
            byte[] buffer = new byte[100];
            while (in.isReady() && !in.isFinished()) {
                int n = in.read(buffer);
                read.addAndGet(Math.max(0, n));
            }
        }

        @Override
        public void onAllDataRead() {
            out.setWriteListener(new Writing(async, out, new AtomicInteger(read.get())));
        }

        @Override
        public void onError(Throwable failed) {
            async.complete();
        }
    }

    private record Writing(AsyncContext async, ServletOutputStream out, AtomicInteger left)
            implements WriteListener {
        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (left.getAndDecrement() == 0) {
                    async.complete();
                    return;
                }
                out.write(new byte[FACTOR]);
            }
        }

        @Override
        public void onError(Throwable failed) {
            async.complete();
        }
    }
}
