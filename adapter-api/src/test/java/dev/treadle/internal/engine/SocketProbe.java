package dev.treadle.internal.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * The JVM of a run: a greenlet of the first of two hubs waits for the first socket of the JVM. Then
 * it holds its hub for 500 ms of each second, while four greenlets of the other hub call a server
 * that answers after 20 ms. Prints {@code BEGUN}, the 99th percentiles of the calls of quiet
 * moments and of the others, the {@link Oversleep}, and {@code ENDED}.
 */
final class SocketProbe {
    private static final int HUBS = 2;
    private static final int CALLERS = 4;
    private static final int CYCLES = 12;
    private static final Duration ANSWER_AFTER = Duration.ofMillis(20);
    private static final Duration HELD = Duration.ofMillis(500);

    /** Calls of the first cycles load classes. */
    private static final int WARM_UP_CYCLES = 2;

    private final Scheduling.Opened scheduler;
    private final CountDownLatch listens = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Queue<Long> quiet = new ConcurrentLinkedQueue<>();
    private final Queue<Long> held = new ConcurrentLinkedQueue<>();

    private volatile int port;

    /** Even while no hub is held, odd while one is. */
    private volatile int phase;

    private volatile boolean measures;
    private volatile boolean over;

    private SocketProbe(Scheduling.Opened scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Runs all cycles.
     *
     * @param arguments the scheduling
     */
    public static void main(String[] arguments) throws Exception {
        SocketProbe probe = new SocketProbe(Scheduling.valueOf(arguments[0]).open(HUBS));
        System.out.println("BEGUN");
        Oversleep oversleep = new Oversleep();
        probe.run();
        System.out.println("ROUND " + p99(probe.quiet) + " " + p99(probe.held));
        System.out.println(oversleep.line());
        ProbeJvm.end();
    }

    private static long p99(Queue<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted[(int) Math.ceil(sorted.length * 0.99) - 1];
    }

    private void run() throws IOException, InterruptedException {
        scheduler.greenlets().execute(this::holdInTurns);
        listens.await();
        try (Socket first = connect()) {
            scheduler.greenlets().execute(this::startCallers);
            ended.await();
            first.getOutputStream().flush();
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** On the first hub. */
    private void holdInTurns() {
        try (ServerSocket server = new ServerSocket(0, CALLERS, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
            listens.countDown();
            server.accept();
            Thread.ofPlatform().daemon().start(() -> serve(server));
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                measures = cycle >= WARM_UP_CYCLES;
                Thread.sleep(HELD);
                phase = 2 * cycle + 1;
                compute();
                phase = 2 * cycle + 2;
            }
            over = true;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException nobodyDoes) {
            throw new IllegalStateException(nobodyDoes);
        } finally {
            ended.countDown();
        }
    }

    private static void compute() {
        long end = System.nanoTime() + HELD.toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static void serve(ServerSocket server) {
        try {
            while (true) {
                Socket caller = server.accept();
                caller.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().start(() -> answer(caller));
            }
        } catch (IOException over) {
            // the run has ended
        }
    }

    private static void answer(Socket caller) {
        try (caller) {
            while (caller.getInputStream().read() >= 0) {
                LockSupport.parkNanos(ANSWER_AFTER.toNanos());
                caller.getOutputStream().write(1);
            }
        } catch (IOException over) {
            // the run has ended
        }
    }

    /** On the second hub, as is what this starts. */
    private void startCallers() {
        for (int i = 0; i < CALLERS; i++) {
            scheduler.greenlets().execute(this::call);
        }
    }

    private void call() {
        try (Socket socket = connect()) {
            while (!over) {
                int before = phase;
                long begun = System.nanoTime();
                socket.getOutputStream().write(1);
                socket.getInputStream().read();
                long nanos = System.nanoTime() - begun;
                if (measures) {
                    (before % 2 == 0 && phase == before ? quiet : held).add(nanos);
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
