package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.util.Objects.requireNonNull;

import dev.treadle.settings.WorkerModel;
import dev.treadle.tck.EachModel;
import dev.treadle.tck.Http2Connection;
import dev.treadle.tck.Http2Stream;

import jakarta.servlet.ServletException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A harakiri meets a thread that has been told that its wait is over, and has not run since: its
 * hub is held, or the machine is busy. The thread then writes to the connection. An interrupt would
 * end that with all its other streams, or leave it a smaller window for ever. The tests keep the
 * lock that such a thread needs.
 */
class StruckStreamTest {
    private static final int WINDOW = 20_000;
    private static final int MORE = 5_000;

    /** More than the gate needs to take a write for a wait. */
    private static final int LOOKS = 10;

    private final AtomicReference<@Nullable Exchange> seen = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    private TestTomcat server(WorkerModel model) throws Exception {
        return server(model, Duration.ofMillis(200));
    }

    private TestTomcat server(WorkerModel model, Duration harakiri) throws Exception {
        TestTomcat server =
                new TestTomcat(
                        TestTomcat.settings(model, 2)
                                .queue(3)
                                .streams(0)
                                .harakiri(harakiri)
                                .build());
        server.context()
                .getPipeline()
                .addValve(
                        new ValveBase(true) {
                            @Override
                            public void invoke(Request request, Response response)
                                    throws IOException, ServletException {
                                if (!request.getRequestURI().equals("/hello")) {
                                    seen.set(Exchange.of(request.getCoyoteRequest()));
                                }
                                getNext().invoke(request, response);
                            }
                        });
        return server.servlet("/hello", (request, response) -> response.getWriter().print("hello"))
                .servlet(
                        "/writes",
                        (request, response) -> {
                            try {
                                byte[] bytes = new byte[1_000];
                                while (true) {
                                    response.getOutputStream().write(bytes);
                                    response.flushBuffer();
                                }
                            } finally {
                                ended.countDown();
                            }
                        })
                .servlet(
                        "/reads",
                        (request, response) -> {
                            try {
                                response.getWriter()
                                        .print(request.getInputStream().readAllBytes().length);
                            } finally {
                                ended.countDown();
                            }
                        })
                .start();
    }

    private static Object get(Class<?> declaring, String field, Object of) throws Exception {
        Field known = declaring.getDeclaredField(field);
        known.setAccessible(true);
        return requireNonNull(known.get(of));
    }

    /** The stream of Tomcat that the servlet serves. */
    private Object stream() {
        return requireNonNull(requireNonNull(seen.get()).stream()).stream();
    }

    private boolean reads() {
        Exchange exchange = seen.get();
        return exchange != null && exchange.reads();
    }

    /** Waits for the interrupt, and looks as the gate does at a request that should have ended. */
    private void strike(TestTomcat server) {
        server.until("harakiri", () -> server.workers().stats().gate().harakiris() == 1);
        AdmittedRequest struck = requireNonNull(requireNonNull(seen.get()).current());
        for (int i = 0; i < LOOKS; i++) {
            struck.endWait();
        }
    }

    private void assertOnlyThisEnds(
            TestTomcat server, Http2Connection connection, Http2Stream struck) throws Exception {
        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(connection.get("/hello").read().text()).isEqualTo("hello");
        server.until("the struck one is over", struck::over);
        assertThat(connection.ended()).isFalse();
        assertThat(connection.goneAway()).isEmpty();
        server.untilIdle();
    }

    @EachModel
    void aWriterThatHasBeenToldOfRoomEndsNoOtherStream(WorkerModel model) throws Exception {
        try (TestTomcat server = server(model);
                Http2Connection connection = Http2Connection.open(server.port(), false, WINDOW)) {
            Http2Stream struck = connection.get("/writes");
            server.until("the window is used up", () -> struck.unread() == WINDOW);
            Object stream = stream();
            Method room = stream.getClass().getDeclaredMethod("incrementWindowSize", int.class);
            room.setAccessible(true);
            ReentrantLock lock = requireNonNull(Http2Internals.FOUND).windowLock(stream);
            lock.lock();
            try {
                room.invoke(stream, MORE);
                strike(server);
            } finally {
                lock.unlock();
            }

            assertOnlyThisEnds(server, connection, struck);
            assertThat(struck.unread()).as("it wrote on").isGreaterThan(WINDOW);
            assertThatThrownBy(struck::read).isInstanceOf(IOException.class);
        }
    }

    /** The bytes are not from the client, whose window is larger by them in the end. */
    @EachModel
    void aReaderThatHasBeenToldOfBytesGivesThemBackToTheWindow(WorkerModel model) throws Exception {
        try (TestTomcat server = server(model);
                Http2Connection connection = Http2Connection.open(server.port(), false)) {
            long whole = 5 * 65_535;
            server.until("window", () -> connection.connectionWindow() == whole);
            Http2Stream struck = connection.post("/reads", 1_000_000);
            server.until("reads", this::reads);
            Object stream = stream();
            Object input = get(stream.getClass(), "inputBuffer", stream);
            server.until("its buffer", () -> isThere(input));
            ByteBuffer buffer = (ByteBuffer) get(input.getClass(), "inBuffer", input);
            synchronized (buffer) {
                buffer.put(new byte[MORE]);
                buffer.notifyAll();
                strike(server);
            }

            assertOnlyThisEnds(server, connection, struck);
            assertThat(struck.read().status()).isEqualTo(503);
            server.until("window", () -> connection.connectionWindow() == whole + MORE);
        }
    }

    /** This thread stands for the one that writes: it tells whether an interrupt was sent. */
    @EachModel
    void aThreadIsInterruptedOnlyInAWaitForRoom(WorkerModel model) throws Exception {
        Http2Internals internals = requireNonNull(Http2Internals.FOUND);
        try (TestTomcat server = server(model, Duration.ofMinutes(1));
                Http2Connection connection = Http2Connection.open(server.port(), false, WINDOW)) {
            connection.post("/reads", 1_000_000);
            server.until("reads", this::reads);
            internals.interruptWaitForWindow(stream(), Thread.currentThread());
            assertThat(Thread.interrupted()).as("it reads").isFalse();

            Http2Stream writes = connection.get("/writes");
            server.until("the window is used up", () -> writes.unread() == WINDOW);
            server.until(
                    "it waits for room",
                    () -> {
                        internals.interruptWaitForWindow(stream(), Thread.currentThread());
                        return Thread.interrupted();
                    });
            connection.reset();
            server.untilIdle();
        }
    }

    private static boolean isThere(Object input) throws Exception {
        Field known = input.getClass().getDeclaredField("inBuffer");
        known.setAccessible(true);
        return known.get(input) != null;
    }
}
