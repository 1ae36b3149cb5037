package dev.treadle.tck;

import dev.treadle.Greenlet;
import dev.treadle.Greenlets;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The part of the application whose requests start threads of their own. */
final class ChildServlets {
    /** How many children a request of {@code /children} has. */
    static final int CHILDREN = 20;

    private ChildServlets() {}

    static void register(TckApplication application, ServletContext context) {
        application.add(context, "/children", ChildServlets::children);
        application.add(context, "/three-calls", ChildServlets::threeCalls);
        application.add(
                context,
                "/child-left-behind",
                (request, response) -> {
                    Greenlet<String> child =
                            Greenlets.spawn(() -> {
                                application.probe().holdInside("child");
                                return "let go";
                            });
                    TckServlet.text(response, child.get());
                });
    }

    /**
     * Has children of the kind that the parameter names count together, and answers with the
     * results: {@code plain atomic carriers}.
     */
    private static void children(HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        ChildKind kind = ChildKind.valueOf(request.getParameter("kind"));
        Count count = new Count();
        count.carriers.add(carrier());
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < CHILDREN; i++) {
            tasks.add(count::run);
        }
        kind.run(tasks);
        count.carriers.add(carrier());
        TckServlet.text(
                response, count.plain + " " + count.atomic + " " + new TreeSet<>(count.carriers));
    }

    /** The counters that the children of one request share. */
    private static final class Count {
        private static final int YIELD_EVERY = 10;
        private static final int SLEEP_EVERY = 125;

        private int plain; // on purpose: whether updates are lost is the test
        private final AtomicInteger atomic = new AtomicInteger();
        private final Set<String> carriers = ConcurrentHashMap.newKeySet();

        boolean run() throws InterruptedException {
            if (!Thread.currentThread().isVirtual()) {
                throw new IllegalStateException("no virtual thread: " + Thread.currentThread());
            }
            for (int i = 1; i <= Counting.INCREMENTS; i++) {
                plain = Counting.slowlyIncremented(plain);
                atomic.incrementAndGet();
                if (i % SLEEP_EVERY == 0) {
                    carriers.add(carrier());
                    Thread.sleep(1);
                } else if (i % YIELD_EVERY == 0) {
                    Greenlets.yield();
                }
            }
            return true;
        }
    }

    /**
     * Returns the name of the platform thread that carries the current thread, itself if it is one;
     * a virtual thread shows it after the at sign.
     */
    static String carrier() {
        Thread thread = Thread.currentThread();
        String shown = thread.toString();
        return thread.isVirtual() ? shown.substring(shown.lastIndexOf('@') + 1) : thread.getName();
    }

    /** The example of docs/greenlets.md: three calls to third parties in three lines. */
    private static void threeCalls(HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        int port = Integer.parseInt(request.getParameter("port"));
        Greenlet<String> user = Greenlets.spawn(() -> call(port, "user"));
        Greenlet<String> offers = Greenlets.spawn(() -> call(port, "offers"));
        Greenlet<String> score = Greenlets.spawn(() -> call(port, "score"));
        TckServlet.text(response, user.get() + ", " + offers.get() + ", " + score.get());
    }

    /** One call to a third party: a blocking socket, as every client library has it inside. */
    private static String call(int port, String question) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((question + "\n").getBytes(StandardCharsets.UTF_8));
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String answer = in.readLine();
            if (answer == null) {
                throw new EOFException("no answer to " + question);
            }
            return Thread.currentThread().getName() + ": " + answer;
        }
    }
}
