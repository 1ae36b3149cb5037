package dev.treadle.launcher.stats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * An HTTP server for probes and people: one request a connection, answers from memory.
 *
 * <p>No client holds up another one. There are at most {@value #MAX_CONNECTIONS} connections, each
 * with a thread of its own. Each has 5 seconds for everything: to send its request, to take the
 * answer and to leave. One connection more closes the oldest one.
 *
 * <p>The JDK's {@code com.sun.net.httpserver} is not used: its time limits and its bound on
 * connections are system properties, which would hold for the application's own use of it too.
 */
final class ProbeServer implements AutoCloseable {
    /** Load balancers and monitors of one server are a few, and gone within milliseconds. */
    static final int MAX_CONNECTIONS = 32;

    private static final Logger LOG = System.getLogger("dev.treadle.launcher");
    private static final Duration CONNECTION_TIME = Duration.ofSeconds(5);
    private static final Duration ACCEPT_PAUSE = Duration.ofSeconds(1);
    private static final Duration THREAD_IDLE = Duration.ofSeconds(10);
    private static final int BACKLOG = 128;
    private static final int LONGEST_HEAD = 8_192;

    private final ServerSocket listening;
    private final Function<ProbeRequest, ProbeAnswer> answers;
    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor timer;

    // Guarded by this; oldest first. A socket is in it from its accept until it is closed.
    private final SequencedSet<Socket> connections = new LinkedHashSet<>();

    private ProbeServer(ServerSocket listening, Function<ProbeRequest, ProbeAnswer> answers) {
        this.listening = listening;
        this.answers = answers;
        ThreadFactory threads = Thread.ofPlatform().daemon().name("treadle-stats-", 0).factory();
        this.pool =
                new ThreadPoolExecutor(
                        MAX_CONNECTIONS,
                        MAX_CONNECTIONS,
                        THREAD_IDLE.toSeconds(),
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        threads);
        pool.allowCoreThreadTimeOut(true);
        this.timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setRemoveOnCancelPolicy(true);
        threads.newThread(this::accept).start();
    }

    /**
     * Starts a server.
     *
     * @param answers from a request to the answer; called from several threads at once
     * @throws IOException if it cannot listen there
     */
    static ProbeServer start(InetSocketAddress address, Function<ProbeRequest, ProbeAnswer> answers)
            throws IOException {
        ServerSocket listening = new ServerSocket();
        try {
            listening.bind(address, BACKLOG);
        } catch (IOException refused) {
            listening.close();
            throw refused;
        }
        return new ProbeServer(listening, answers);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                take(listening.accept());
            } catch (IOException | RuntimeException | Error failed) {
                // any error: without this thread no probe is answered any more
                if (!listening.isClosed()) {
                    LOG.log(Level.WARNING, "stats: a connection could not be served", failed);
                    pause();
                }
            }
        }
    }

    /**
     * Waits before the next accept: the cause of the failure, such as no free descriptor, would
     * make an immediate one fail too.
     */
    private void pause() {
        try {
            Thread.sleep(ACCEPT_PAUSE);
        } catch (InterruptedException unasked) {
            // no code interrupts this thread; the loop checks whether the server is closed
            LOG.log(Level.DEBUG, "stats: interrupted", unasked);
        }
    }

    private void take(Socket socket) {
        add(socket);
        boolean served = false;
        try {
            Future<?> end =
                    timer.schedule(
                            () -> remove(socket),
                            CONNECTION_TIME.toMillis(),
                            TimeUnit.MILLISECONDS);
            pool.execute(() -> serve(socket, end));
            served = true;
        } catch (RejectedExecutionException closed) {
            LOG.log(Level.DEBUG, "stats: closed since the accept", closed);
        } finally {
            if (!served) {
                remove(socket);
            }
        }
    }

    private void add(Socket socket) {
        Socket oldest = null;
        synchronized (this) {
            connections.addLast(socket);
            if (connections.size() > MAX_CONNECTIONS) {
                oldest = connections.removeFirst();
            }
        }
        if (oldest != null) {
            close(oldest);
        }
    }

    private void remove(Socket socket) {
        synchronized (this) {
            connections.remove(socket);
        }
        close(socket);
    }

    /** Its thread, if it waits for the client, is woken by that. */
    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException failed) {
            LOG.log(Level.DEBUG, "stats: a connection did not close in order", failed);
        }
    }

    private void serve(Socket socket, Future<?> end) {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            byte[] answer = answerTo(in, socket.getInetAddress());
            if (answer.length > 0) {
                OutputStream out = socket.getOutputStream();
                out.write(answer);
                socket.shutdownOutput();
                // a close with bytes unread would be a reset, which can overtake the answer
                in.transferTo(OutputStream.nullOutputStream());
            }
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "stats: a client has left, or has had its time", gone);
        } finally {
            end.cancel(false);
            remove(socket);
        }
    }

    /** Returns the bytes of the answer; none if the client has left in the midst of its request. */
    private byte[] answerTo(InputStream in, InetAddress client) throws IOException {
        Head head = new Head(in);
        List<String> lines = new ArrayList<>();
        String line = head.line();
        while (line != null && !line.isEmpty()) {
            lines.add(line);
            line = head.line();
        }
        if (head.isTooLong()) {
            return bytes(ProbeAnswer.plain("431 Request Header Fields Too Large"), true);
        }
        if (line == null) {
            return new byte[0];
        }
        ProbeRequest request = lines.isEmpty() ? null : ProbeRequest.parse(lines, client);
        if (request == null) {
            return bytes(ProbeAnswer.plain("400 Bad Request"), true);
        }
        return bytes(answerOrFailure(request), !request.method().equals("HEAD"));
    }

    private ProbeAnswer answerOrFailure(ProbeRequest request) {
        try {
            return answers.apply(request);
        } catch (RuntimeException broken) {
            LOG.log(Level.ERROR, "stats: a request was not answered", broken);
            return ProbeAnswer.plain("500 Internal Server Error");
        }
    }

    private static byte[] bytes(ProbeAnswer answer, boolean withBody) {
        byte[] body = answer.body().getBytes(UTF_8);
        String head =
                "HTTP/1.1 "
                        + answer.status()
                        + "\r\nContent-Type: "
                        + answer.type()
                        + "\r\nContent-Length: "
                        + body.length
                        + "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff"
                        + "\r\nConnection: close\r\n"
                        + answer.fields()
                        + "\r\n";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(ISO_8859_1));
        if (withBody) {
            bytes.writeBytes(body);
        }
        return bytes.toByteArray();
    }

    /** Takes no more connections, and closes those that are open. */
    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "stats: the listening socket did not close", failed);
        }
        timer.shutdownNow();
        pool.shutdown();
        List<Socket> open;
        synchronized (this) {
            open = new ArrayList<>(connections);
            connections.clear();
        }
        open.forEach(ProbeServer::close);
    }

    /** Reads the lines of a request's head, up to its bound. */
    private static final class Head {
        private final InputStream in;
        private int length;

        Head(InputStream in) {
            this.in = in;
        }

        boolean isTooLong() {
            return length > LONGEST_HEAD;
        }

        /** Returns the next line without its end; null if there is none or the head is too long. */
        @Nullable String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int each = in.read(); each != '\n'; each = in.read()) {
                length++;
                if (each == -1 || isTooLong()) {
                    return null;
                }
                line.write(each);
            }
            length++;
            String text = line.toString(ISO_8859_1);
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
    }
}
