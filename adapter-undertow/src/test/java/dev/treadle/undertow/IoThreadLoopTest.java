package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An I/O thread and its hub, without a server. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class IoThreadLoopTest {
    /**
     * The timer armed for the first timer of the hub then belongs to no loop, and the I/O thread
     * lives on.
     */
    @Test
    void aSleepThatOutlivesItsLoopEndsAndTheIoThreadIsFree() throws Exception {
        XnioWorker worker =
                Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1));
        XnioIoThread thread = worker.getIoThread(0);
        try (Workers workers = Workers.open(WorkerSettings.builder().gevent(10).hubs(1).build())) {
            IoThreadLoop loop =
                    IoThreadLoop.start(
                            thread, ServerWorkers.of(workers).hubLoops().orElseThrow(), 0);
            CompletableFuture<Thread> greenlet = new CompletableFuture<>();
            CompletableFuture<Boolean> slept = new CompletableFuture<>();
            workers.executor()
                    .execute(() -> {
                        greenlet.complete(Thread.currentThread());
                        try {
                            Thread.sleep(300);
                            slept.complete(true);
                        } catch (InterruptedException early) {
                            slept.complete(false);
                        }
                    });
            Thread sleeper = greenlet.get();
            await().until(() -> sleeper.getState() == Thread.State.TIMED_WAITING);

            assertThat(loop.end(Long.MAX_VALUE)).isTrue();

            assertThat(slept.get()).isTrue();
            CompletableFuture<Void> free = new CompletableFuture<>();
            thread.execute(() -> free.complete(null));
            free.get();
        } finally {
            worker.shutdown();
            worker.awaitTermination();
        }
    }
}
