package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Objects.requireNonNull;

import dev.treadle.settings.WorkerModel;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.EachModel;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;
import dev.treadle.tck.RawClient;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** How asynchronous requests end. */
class AsyncEndsTest {
    private static final class Errors implements AsyncListener {
        final AtomicInteger count = new AtomicInteger();

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {
            count.incrementAndGet();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    /** Counts the requests that Tomcat has reported as over to all listeners. */
    private static final class Destroyed implements ServletRequestListener {
        final ConcurrentHashMap<String, Boolean> over = new ConcurrentHashMap<>();

        @Override
        public void requestInitialized(ServletRequestEvent event) {}

        @Override
        public void requestDestroyed(ServletRequestEvent event) {
            over.put(String.valueOf(event.getServletRequest().getParameter("n")), true);
        }
    }

    @EachModel
    void listenersHearOfTheEndBeforeTheClientHasTheAnswer(WorkerModel model) throws Exception {
        Destroyed destroyed = new Destroyed();
        ConcurrentHashMap<String, AsyncContext> contexts = new ConcurrentHashMap<>();
        try (TestTomcat server = new TestTomcat(TestTomcat.settings(model, 5).build())) {
            server.context().addApplicationEventListener(destroyed);
            server.servlet(
                            "/async",
                            (request, response) -> {
                                AsyncContext async = request.startAsync();
                                contexts.put(request.getParameter("n"), async);
                                async.start(async::complete);
                            })
                    .start();
            int notYet = 0;
            int stillThere = 0;
            for (int i = 0; i < 200; i++) {
                try (RawClient client = new RawClient(server.port())) {
                    assertThat(client.get("/async?n=" + i).status()).isEqualTo(200);
                    notYet += destroyed.over.containsKey("" + i) ? 0 : 1;
                    try {
                        requireNonNull(contexts.get("" + i)).getRequest();
                        stillThere++;
                    } catch (IllegalStateException over) {
                        // as it is to be
                    }
                }
            }
            assertThat(notYet).as("requestDestroyed after the answer").isZero();
            assertThat(stillThere).as("asynchronous contexts after the answer").isZero();
            server.untilIdle();
        }
    }

    private static TestTomcat startIdle(WorkerModel model, Errors errors) throws Exception {
        TestTomcat server = new TestTomcat(TestTomcat.settings(model, 5).build());
        return server.servlet(
                        "/idle",
                        (request, response) -> {
                            AsyncContext async = request.startAsync();
                            async.setTimeout(0);
                            async.addListener(errors);
                        })
                .servlet("/hello", (request, response) -> response.getWriter().print("hello"))
                .start();
    }

    private static void untilIdleInside(TestTomcat server, int count) {
        server.until(
                count + " inside",
                () -> ServerWorkers.of(server.workers()).gate().active() == count);
    }

    @EachModel
    void aClientThatClosedItsConnectionIsGone(WorkerModel model) throws Exception {
        Errors errors = new Errors();
        try (TestTomcat server = startIdle(model, errors)) {
            RawClient resets = new RawClient(server.port());
            resets.sendGet("/idle");
            for (int i = 0; i < 2; i++) { // after them the watch has seen the first one too
                RawClient closes = new RawClient(server.port());
                closes.sendGet("/idle");
                untilIdleInside(server, 2);
                closes.close();
                untilIdleInside(server, 1);
            }
            resets.reset();
            server.untilIdle();
            assertThat(errors.count).hasValue(3);
            try (RawClient other = new RawClient(server.port())) {
                assertThat(other.get("/hello").text()).isEqualTo("hello");
            }
        }
    }

    @EachModel
    void aStreamThatWasResetOrClosedIsGone(WorkerModel model) throws Exception {
        Errors errors = new Errors();
        try (TestTomcat server = startIdle(model, errors)) {
            try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                Http2Stream resets = connection.get("/idle");
                Http2Stream closes = connection.get("/idle");
                untilIdleInside(server, 2);
                resets.reset(Http2Stream.CANCEL);
                untilIdleInside(server, 1);
                assertThat(connection.get("/hello").read().text()).isEqualTo("hello");
                assertThat(closes.over()).isFalse();
            }
            server.untilIdle();
            assertThat(errors.count).hasValue(2);
        }
    }

    /** Neither is a dispatch: Tomcat calls them outside the pipeline. */
    @EachModel
    void threadsOfListenersAndTasksAreInterruptedWhenOverdue(WorkerModel model) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        Runnable waits =
                () -> {
                    try {
                        never.await();
                    } catch (InterruptedException hit) {
                        interrupted.incrementAndGet();
                    }
                };
        try (TestTomcat server =
                new TestTomcat(
                        TestTomcat.settings(model, 5).harakiri(Duration.ofMillis(300)).build())) {
            server.servlet(
                            "/start",
                            (request, response) -> {
                                AsyncContext async = request.startAsync();
                                async.setTimeout(0);
                                async.start(() -> {
                                    waits.run();
                                    async.complete();
                                });
                            })
                    .servlet(
                            "/listener",
                            (request, response) -> {
                                AsyncContext async = request.startAsync();
                                async.setTimeout(0);
                                request.getInputStream()
                                        .setReadListener(
                                                new ReadListener() {
                                                    @Override
                                                    public void onDataAvailable() {
                                                        waits.run();
                                                        async.complete();
                                                    }

                                                    @Override
                                                    public void onAllDataRead() {}

                                                    @Override
                                                    public void onError(Throwable failed) {}
                                                });
                            })
                    .start();
            try (RawClient starts = new RawClient(server.port());
                    RawClient listens = new RawClient(server.port())) {
                starts.sendGet("/start");
                listens.sendPost("/listener", "text/plain", 10)
                        .sendBody("abc".getBytes(StandardCharsets.US_ASCII));
                server.until("both", () -> interrupted.get() == 2);
                server.untilIdle();
            }
        }
    }

    @EachModel
    void anInterruptDoesNotReachTheNextRequestOfAPipeline(WorkerModel model) throws Exception {
        try (TestTomcat server = new TestTomcat(TestTomcat.settings(model, 5).build())) {
            server.servlet(
                            "/leaves",
                            (request, response) -> {
                                response.getWriter().print(Thread.currentThread().isInterrupted());
                                Thread.currentThread().interrupt();
                            })
                    .start();
            try (RawClient client = new RawClient(server.port())) {
                String request = "GET /leaves HTTP/1.1\r\nHost: localhost\r\n\r\n";
                client.send(request + request + request);
                for (int i = 0; i < 3; i++) {
                    assertThat(client.read().text()).isEqualTo("false");
                }
            }
        }
    }

    /** Reads all there is, and fails where it is told to. */
    private record Fails(ServletInputStream in, String where, AtomicInteger errors)
            implements ReadListener {
        @Override
        public void onDataAvailable() throws IOException {
            while (in.isReady() && in.read() >= 0) {
                // on
            }
            if (where.equals("data")) {
                throw new IOException("of the test");
            }
        }

        @Override
        public void onAllDataRead() {
            errors.incrementAndGet();
            throw new IllegalStateException("of the test");
        }

        @Override
        public void onError(Throwable failed) {
            errors.incrementAndGet();
            throw new IllegalStateException("of the test", failed);
        }
    }

    private static TestTomcat startFailing(WorkerModel model, AtomicInteger errors)
            throws Exception {
        AtomicInteger runs = new AtomicInteger();
        return new TestTomcat(TestTomcat.settings(model, 5).build())
                .servlet(
                        "/listener",
                        (request, response) -> {
                            request.startAsync().setTimeout(0);
                            ServletInputStream in = request.getInputStream();
                            in.setReadListener(new Fails(in, request.getParameter("in"), errors));
                        })
                .servlet(
                        "/again",
                        (request, response) -> {
                            AsyncContext async = request.startAsync();
                            async.setTimeout(0);
                            if (runs.getAndIncrement() % 2 == 0) {
                                async.dispatch();
                            } else {
                                errors.incrementAndGet();
                                throw new IllegalStateException("of the test");
                            }
                        })
                .servlet("/hello", (request, response) -> response.getWriter().print("hello"))
                .start();
    }

    /** Tomcat ends these, and tells no listener. */
    @EachModel
    void aListenerThatFailsGivesThePlaceBack(WorkerModel model) throws Exception {
        AtomicInteger errors = new AtomicInteger();
        try (TestTomcat server = startFailing(model, errors)) {
            for (String where : List.of("data", "end")) {
                try (RawClient client = new RawClient(server.port())) {
                    client.sendPost("/listener?in=" + where, "text/plain", 6);
                    server.until(
                            "inside",
                            () -> ServerWorkers.of(server.workers()).gate().active() == 1);
                    client.sendBody("abcdef");
                    server.untilIdle();
                }
            }
            int before = errors.get();
            try (RawClient client = new RawClient(server.port())) {
                client.sendGet("/listener?in=end"); // it fails before Tomcat's adapter returns
                server.until("failed", () -> errors.get() > before);
                server.untilIdle();
            }
            try (RawClient client = new RawClient(server.port())) {
                assertThat(client.get("/hello").text()).isEqualTo("hello");
            }
            server.untilIdle();
        }
    }

    @EachModel
    void aDispatchThatStartsAgainAndFailsGivesThePlaceBack(WorkerModel model) throws Exception {
        AtomicInteger errors = new AtomicInteger();
        try (TestTomcat server = startFailing(model, errors)) {
            for (int i = 1; i <= 2; i++) {
                int failures = i;
                try (RawClient client = new RawClient(server.port())) {
                    client.sendGet("/again");
                    server.until("failed", () -> errors.get() == failures);
                    server.untilIdle();
                }
            }
            try (RawClient client = new RawClient(server.port())) {
                assertThat(client.get("/hello").text()).isEqualTo("hello");
            }
        }
    }

    @EachModel
    void streamsWhoseListenersFailGiveThePlaceBack(WorkerModel model) throws Exception {
        AtomicInteger errors = new AtomicInteger();
        try (TestTomcat server = startFailing(model, errors)) {
            for (String where : List.of("data", "end")) {
                try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                    Http2Stream stream = connection.post("/listener?in=" + where, 6_000);
                    server.until(
                            "inside",
                            () -> ServerWorkers.of(server.workers()).gate().active() == 1);
                    stream.sendBody(new byte[6_000]);
                    server.untilIdle();
                }
            }
            for (String path : List.of("/listener?in=end", "/again")) {
                try (Http2Connection connection = Http2Connection.open(server.port(), false)) {
                    int before = errors.get();
                    connection.get(path);
                    server.until("failed", () -> errors.get() > before);
                    server.untilIdle();
                }
            }
            try (RawClient client = new RawClient(server.port())) {
                assertThat(client.get("/hello").text()).isEqualTo("hello");
            }
        }
    }

    /** The thread of a listener goes on with the next request of the pipeline. */
    @EachModel
    void anInterruptOfAListenerDoesNotReachTheNextRequestOfAPipeline(WorkerModel model)
            throws Exception {
        try (TestTomcat server = new TestTomcat(TestTomcat.settings(model, 5).build())) {
            server.servlet(
                            "/dispatched",
                            (request, response) -> {
                                if (request.getDispatcherType() == DispatcherType.ASYNC) {
                                    response.getWriter().print("a");
                                    Thread.currentThread().interrupt();
                                } else {
                                    request.startAsync().dispatch();
                                }
                            })
                    .servlet(
                            "/shows",
                            (request, response) ->
                                    response.getWriter()
                                            .print(Thread.currentThread().isInterrupted()))
                    .start();
            try (RawClient client = new RawClient(server.port())) {
                String end = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
                client.send("GET /dispatched" + end + "GET /shows" + end);
                assertThat(client.read().text()).isEqualTo("a");
                assertThat(client.read().text()).isEqualTo("false");
            }
        }
    }

    @Test
    void aConnectorThatIsAddedLaterGivesPlacesBack() throws Exception {
        try (TestTomcat server =
                new TestTomcat(TestTomcat.settings(WorkerModel.VIRTUAL, 5).build())) {
            server.servlet("/hello", (request, response) -> response.getWriter().print("hello"))
                    .servlet(
                            "/async",
                            (request, response) -> {
                                AsyncContext async = request.startAsync();
                                async.start(() -> {
                                    try {
                                        async.getResponse().getWriter().print("done");
                                    } catch (java.io.IOException failed) {
                                        throw new IllegalStateException(failed);
                                    }
                                    async.complete();
                                });
                            })
                    .start();
            int port = server.add(false).getLocalPort();
            try (RawClient client = new RawClient(port)) {
                for (int i = 0; i < 10; i++) {
                    assertThat(client.get("/hello").text()).isEqualTo("hello");
                    assertThat(client.get("/async").text()).isEqualTo("done");
                }
            }
            server.untilIdle();
        }
    }
}
