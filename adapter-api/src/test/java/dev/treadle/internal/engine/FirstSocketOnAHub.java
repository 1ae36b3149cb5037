package dev.treadle.internal.engine;

import dev.treadle.internal.hub.JdkHubAccess;
import dev.treadle.internal.hub.Watching;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * The first socket that a virtual thread waits for in this JVM is a greenlet's. Then its hub is
 * held, and a greenlet of the other hub waits for a socket: for bytes to read, and for room to
 * write. For a JVM of its own; prints a line for each step, and {@code ended} while the first hub
 * is still held.
 */
final class FirstSocketOnAHub {
    /** More than what the buffers of a loopback connection take. */
    private static final int MUCH = 64 * 1_024 * 1_024;

    private final GeventEngine engine = new GeventEngine(2, new Watching(null, null));
    private final CompletableFuture<ServerSocket> server = new CompletableFuture<>();
    private final CountDownLatch accepted = new CountDownLatch(1);
    private final CompletableFuture<String> held = new CompletableFuture<>();
    private volatile boolean letGo;

    private FirstSocketOnAHub() {}

    /** Runs the steps. */
    public static void main(String[] args) throws Exception {
        GeventEngine.shortcomings().forEach(System.out::println);
        if (args.length > 0) {
            onTheOnlyCarrierOfTheJdk();
        } else {
            new FirstSocketOnAHub().run();
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** Before JDK 24 the calling thread is pinned to its carrier, and there is no other. */
    private static void onTheOnlyCarrierOfTheJdk() throws InterruptedException {
        Object monitor = new Object();
        Thread.startVirtualThread(
                        () -> {
                            synchronized (monitor) {
                                new FirstSocketOnAHub();
                            }
                        })
                .join();
        System.out.println("ended");
    }

    private void run() throws Exception {
        engine.execute(this::waitForTheFirstSocket);
        ServerSocket listening = server.join();
        Socket first = new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort());
        accepted.await();
        String heldHub = held.join();

        CompletableFuture<String> other = new CompletableFuture<>();
        engine.execute(() -> other.complete(readAndWrite(first)));
        System.out.println(heldHub.equals(other.join()) ? "the same hub" : "another hub");
        System.out.println("ended");
        letGo = true;
    }

    private void waitForTheFirstSocket() {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.complete(listening);
            Socket peer = listening.accept();
            Thread.ofPlatform().daemon().start(() -> answer(peer));
            engine.execute(this::hold); // stays on this hub
            accepted.countDown();
        } catch (IOException broken) {
            server.completeExceptionally(broken);
        }
    }

    private void hold() {
        held.complete(hub());
        while (!letGo) {
            Thread.onSpinWait();
        }
    }

    /** Answers each byte when the greenlet waits for it, and drains when it waits for room. */
    private void answer(Socket peer) {
        try (peer) {
            awaitWaiting();
            peer.getOutputStream().write(1);
            awaitWaiting();
            peer.getInputStream().readNBytes(MUCH);
            peer.getOutputStream().write(1);
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private final CompletableFuture<Thread> waiting = new CompletableFuture<>();
    private volatile boolean waits;

    private void awaitWaiting() {
        Thread greenlet = waiting.join();
        while (!(waits && greenlet.getState() == Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        waits = false;
    }

    private String readAndWrite(Socket socket) {
        try {
            waits = true;
            waiting.complete(Thread.currentThread());
            socket.getInputStream().read();
            System.out.println("read");
            waits = true;
            socket.getOutputStream().write(new byte[MUCH]);
            socket.getInputStream().read();
            System.out.println("written");
            return hub();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static String hub() {
        return JdkHubAccess.currentCarrier().getName();
    }
}
