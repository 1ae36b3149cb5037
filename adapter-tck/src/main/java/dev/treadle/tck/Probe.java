package dev.treadle.tck;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The test's view of the application from inside. It also holds requests in the application and
 * releases them.
 */
public final class Probe {
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger mostInside = new AtomicInteger();
    private final AtomicInteger destroyed = new AtomicInteger();
    private final AtomicLong bytesRead = new AtomicLong();
    private final List<String> order = new CopyOnWriteArrayList<>();
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch held = new CountDownLatch(1);
    private final AtomicReference<@Nullable Callable<String>> task = new AtomicReference<>();

    Probe() {}

    void holdInside(String name) throws InterruptedException {
        int now = inside.incrementAndGet();
        mostInside.accumulateAndGet(now, Math::max);
        order.add(name);
        try {
            held.await();
        } finally {
            inside.decrementAndGet();
        }
    }

    /** Stays inside for a second; returns whether it was let go before. */
    boolean aSecondInside() throws InterruptedException {
        order.add("second");
        return held.await(1, TimeUnit.SECONDS);
    }

    /** Computes until the requests are let go, and returns the name of the OS thread under it. */
    String spin() {
        String carrier = ChildServlets.carrier();
        inside.incrementAndGet();
        try {
            while (held.getCount() > 0) {
                Thread.onSpinWait();
            }
        } finally {
            inside.decrementAndGet();
        }
        return carrier;
    }

    /** Lets the next request for {@code /task} run this, and be answered with what it returns. */
    void nextTask(Callable<String> next) {
        task.set(next);
    }

    String runTask() throws Exception {
        Callable<String> next = task.getAndSet(null);
        return next == null ? "no task" : next.call();
    }

    /** Blocks until the requests are let go; notes that it does, and whether it was interrupted. */
    void blockIn(String where) {
        note("blocked in " + where);
        try {
            held.await();
        } catch (InterruptedException interrupted) {
            note("interrupted in " + where);
        }
    }

    void note(String event) {
        notes.add(event);
    }

    void requestDestroyed() {
        destroyed.incrementAndGet();
    }

    /** Returns how often a {@code ServletRequestListener} was told that a request is destroyed. */
    public int destroyed() {
        return destroyed.get();
    }

    void read(int bytes) {
        bytesRead.addAndGet(bytes);
    }

    CountDownLatch held() {
        return held;
    }

    /** Lets go all requests that are held, and holds none from now on. */
    public void letGo() {
        held.countDown();
    }

    /** Returns how many requests are held inside. */
    public int inside() {
        return inside.get();
    }

    /** Returns how many requests were inside at once at the most. */
    public int mostInside() {
        return mostInside.get();
    }

    /** Returns how many bytes of request bodies the application has read. */
    public long bytesRead() {
        return bytesRead.get();
    }

    /** Returns what the application has noted, in that order. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** Returns the names of the requests that were held, in the order they came in. */
    public List<String> order() {
        return List.copyOf(order);
    }
}
