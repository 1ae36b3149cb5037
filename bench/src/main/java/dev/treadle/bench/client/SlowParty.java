package dev.treadle.bench.client;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The slow third party. It answers each line with another one, after as many milliseconds as the
 * line says. Once it follows a plan, the plan gives the delay for the time at which the line comes.
 * A question in HTTP gets an answer in HTTP: {@code GET /pay?ms=1000 HTTP/1.1}. A virtual thread
 * for each connection.
 *
 * <p>It treats the bytes of one read as one question, which is true on loopback.
 */
public final class SlowParty implements AutoCloseable {
    private static final byte[] LINE = "ok\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\npaid"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final Pattern GET = Pattern.compile("GET \\S*\\?ms=(\\d+) HTTP/1\\.1\r\n");

    private record Plan(List<Phase> phases, long startNanos) {
        int latencyMillis(long now) {
            return phases.get(Phase.indexAt(phases, now - startNanos)).latencyMillis();
        }
    }

    private final ServerSocket acceptor =
            new ServerSocket(0, 4_096, InetAddress.getLoopbackAddress());
    private volatile @Nullable Plan plan;

    /** Opens it; it serves until it is closed. */
    public SlowParty() throws IOException {
        Thread.ofPlatform().daemon().name("third-party").start(this::accept);
    }

    /** Returns the port it listens on. */
    public int port() {
        return acceptor.getLocalPort();
    }

    /**
     * From now on its delay is that of the phases, the first of which starts now; the delay of the
     * last one stays.
     */
    public void follow(List<Phase> phases) {
        plan = new Plan(phases, System.nanoTime());
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = acceptor.accept();
                Thread.startVirtualThread(() -> serve(socket));
            }
        } catch (IOException closed) {
            // so nobody asks any more
        }
    }

    private void serve(Socket socket) {
        byte[] bytes = new byte[2_048];
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                String question = new String(bytes, 0, count, StandardCharsets.US_ASCII);
                Matcher http = GET.matcher(question);
                boolean isHttp = http.lookingAt();
                Thread.sleep(delayMillis(isHttp ? http.group(1) : question));
                socket.getOutputStream().write(isHttp ? HTTP : LINE);
            }
        } catch (IOException | InterruptedException gone) {
            // the one who asked has left
        }
    }

    private int delayMillis(String asked) {
        Plan followed = plan;
        return followed == null
                ? Integer.parseInt(asked.strip())
                : followed.latencyMillis(System.nanoTime());
    }

    @Override
    public void close() throws IOException {
        acceptor.close();
    }
}
