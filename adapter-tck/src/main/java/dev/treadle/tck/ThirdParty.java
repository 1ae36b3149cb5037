package dev.treadle.tck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A service that the application calls. It answers no call before so many are there at once: calls
 * that come one after another get no answer at all.
 */
final class ThirdParty implements AutoCloseable {
    private static final int LONGEST_SECONDS = 30;

    private final ServerSocket socket;
    private final CyclicBarrier together;

    ThirdParty(int together) throws IOException {
        this.together = new CyclicBarrier(together);
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("tck-third-party").start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket call = socket.accept();
                Thread.ofPlatform().daemon().name("tck-third-party-call").start(() -> answer(call));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void answer(Socket call) {
        try (call) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(call.getInputStream(), StandardCharsets.UTF_8));
            String question = in.readLine();
            together.await(LONGEST_SECONDS, TimeUnit.SECONDS);
            call.getOutputStream()
                    .write(("answer to " + question + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException
                | BrokenBarrierException
                | TimeoutException
                | InterruptedException unanswered) {
            // the connection ends without an answer, and the test fails by that
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
