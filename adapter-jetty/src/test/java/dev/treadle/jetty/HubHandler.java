package dev.treadle.jetty;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Answers with the name of the OS thread that carries the request, or with {@code SIZE} bytes for
 * {@code /big}; {@code /hog} computes until it is let go, and {@code /hog/MILLIS} for so long;
 * {@code /monitor} waits inside {@code synchronized} until it is let go.
 */
final class HubHandler extends Handler.Abstract {
    static final int SIZE = 3_000_000;

    final CountDownLatch hogs;
    volatile boolean letGo;
    private final Object monitor = new Object();

    /**
     * @param hogs counts those of {@code /hog} and {@code /monitor} that have begun
     */
    HubHandler(int hogs) {
        this.hogs = new CountDownLatch(hogs);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = Request.getPathInContext(request);
        if (path.equals("/big")) {
            response.write(true, ByteBuffer.allocate(SIZE), callback);
            return true;
        }
        if (path.equals("/hog")) {
            hogs.countDown();
            while (!letGo) {
                Thread.onSpinWait();
            }
        } else if (path.equals("/monitor")) {
            hogs.countDown();
            holdMonitor();
        } else if (path.startsWith("/hog/")) {
            long end =
                    System.nanoTime()
                            + TimeUnit.MILLISECONDS.toNanos(
                                    Long.parseLong(path.substring("/hog/".length())));
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
        Content.Sink.write(response, true, carrier(), callback);
        return true;
    }

    private void holdMonitor() throws InterruptedException {
        synchronized (monitor) {
            while (!letGo) {
                Thread.sleep(1);
            }
        }
    }

    /** Virtual threads tell it so: {@code VirtualThread[#1,name]/runnable@carrier}. */
    static String carrier() {
        String thread = Thread.currentThread().toString();
        return thread.substring(thread.lastIndexOf('@') + 1);
    }
}
