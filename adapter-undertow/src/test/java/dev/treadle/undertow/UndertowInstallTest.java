package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ContainerAdapter;
import dev.treadle.spi.ContainerAdapters;
import dev.treadle.tck.AdapterAlone;

import io.undertow.Undertow;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.ResponseCodeHandler;

import org.junit.jupiter.api.Test;
import org.xnio.Options;

/** The values that an installation takes over from the builder, and those it refuses. */
class UndertowInstallTest {
    private static final HttpHandler ROOT = ResponseCodeHandler.HANDLE_200;

    @Test
    void startLineNamesUndertowAndItsVersion() {
        try (Workers workers = Workers.open(WorkerSettings.gevent(7))) {
            Installation installation = UndertowWorkers.install(Undertow.builder(), ROOT, workers);
            assertThat(installation.startLine()).contains("gevent 7 on ", ", Undertow 2.3.");
            assertThat(installation.workers()).isSameAs(workers);
        }
    }

    @Test
    void secondInstallIsRefused() {
        try (Workers workers = Workers.open(WorkerSettings.threads(1))) {
            UndertowWorkers.install(Undertow.builder(), ROOT, workers);
            assertThatThrownBy(() -> UndertowWorkers.install(Undertow.builder(), ROOT, workers))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("installed in Undertow 2.3");
        }
    }

    @Test
    void closedWorkersAreRefused() {
        Workers workers = Workers.open(WorkerSettings.threads(1));
        workers.close();
        assertThatThrownBy(() -> UndertowWorkers.install(Undertow.builder(), ROOT, workers))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed (expected: open)");
    }

    @Test
    void ioThreadsAndWorkerOptionsOfTheBuilderAreKept() {
        try (Workers workers = Workers.open(WorkerSettings.threads(1))) {
            Undertow.Builder builder =
                    Undertow.builder()
                            .setIoThreads(5)
                            .setWorkerOption(Options.WORKER_NAME, "named-by-the-user");
            UndertowWorkers.install(builder, ROOT, workers);
            Undertow undertow = builder.build();
            assertThat(undertow.getWorker().getIoThreadCount()).isEqualTo(5);
            assertThat(undertow.getWorker().getName()).isEqualTo("named-by-the-user");
        }
    }

    @Test
    void theLimitOfConnectionsAndTheBacklogOfTheUserAreKept() {
        try (Workers workers = Workers.open(WorkerSettings.virtual(5_000))) {
            Undertow.Builder builder =
                    Undertow.builder()
                            .setWorkerOption(Options.CONNECTION_HIGH_WATER, 300)
                            .setWorkerOption(Options.CONNECTION_LOW_WATER, 200)
                            .setSocketOption(Options.BACKLOG, 7);
            assertThat(BuilderView.of(builder).workerOptions().get(Options.CONNECTION_HIGH_WATER))
                    .isEqualTo(300);
            UndertowWorkers.install(builder, ROOT, workers);
            assertThat(BuilderView.backlog(builder)).isEqualTo(7);
        }
    }

    @Test
    void theBacklogIsThatOfTheSettingsIfThoseNameIt() {
        try (Workers workers =
                Workers.open(WorkerSettings.builder().virtual(5_000).listen(99).build())) {
            Undertow.Builder builder = Undertow.builder().setSocketOption(Options.BACKLOG, 7);
            UndertowWorkers.install(builder, ROOT, workers);
            assertThat(BuilderView.backlog(builder)).isEqualTo(99);
        }
        try (Workers workers = Workers.open(WorkerSettings.virtual(5_000))) {
            Undertow.Builder builder = Undertow.builder();
            UndertowWorkers.install(builder, ROOT, workers);
            assertThat(BuilderView.backlog(builder)).isEqualTo(5_000);
        }
    }

    @Test
    void whatTheGateWouldNotSeeIsRefusedAndTheWorkersStayFree() {
        try (Workers workers = Workers.open(WorkerSettings.threads(1))) {
            Undertow.Builder withHandler =
                    Undertow.builder().addHttpListener(8_123, "127.0.0.1", ROOT);
            assertThatThrownBy(() -> UndertowWorkers.install(withHandler, ROOT, workers))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("listener on port 8123")
                    .hasMessageContaining("expected: none of its own");
            Undertow.Builder withPool =
                    Undertow.builder().setByteBufferPool(new DefaultByteBufferPool(true, 1_024));
            assertThatThrownBy(() -> UndertowWorkers.install(withPool, ROOT, workers))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("byteBufferPool")
                    .hasMessageContaining("setBufferSize");
            UndertowWorkers.install(Undertow.builder(), ROOT, workers);
        }
    }

    @Test
    void builderWithAWorkerIsRefused() {
        try (Workers workers = Workers.open(WorkerSettings.threads(1));
                Workers others = Workers.open(WorkerSettings.threads(1))) {
            Undertow.Builder builder = Undertow.builder();
            UndertowWorkers.install(builder, ROOT, workers);
            assertThatThrownBy(() -> UndertowWorkers.install(builder, ROOT, others))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("builder.worker");
        }
    }

    @Test
    void serviceLoaderFindsTheAdapter() {
        UndertowSetup setup = new UndertowSetup(Undertow.builder(), ROOT);
        ContainerAdapter adapter = ContainerAdapters.find(setup).orElseThrow();
        assertThat(adapter.name()).isEqualTo("undertow");
        assertThat(adapter.supports("something else")).isFalse();
        try (Workers workers = Workers.open(WorkerSettings.threads(1))) {
            assertThat(adapter.install(setup, workers).container()).isEqualTo("Undertow");
            assertThatThrownBy(() -> adapter.install("something else", workers))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("java.lang.String");
        }
    }

    /** As in an application that has this jar and another container. */
    @Test
    void withoutUndertowTheAdapterSupportsNothing() throws Exception {
        ContainerAdapter alone = AdapterAlone.load(UndertowAdapter.class, "io.undertow.");
        assertThat(alone.supports("whatever")).isFalse();
    }
}
