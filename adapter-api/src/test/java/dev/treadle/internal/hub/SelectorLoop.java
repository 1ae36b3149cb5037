package dev.treadle.internal.hub;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.LoopCarrier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A loop as a container's, over a selector without channels: events are tasks that any thread may
 * post, and the thread that turns the loop runs them. It counts its turns and the threads in it.
 */
public final class SelectorLoop implements EventLoop {
    private final Selector selector;
    private final boolean canTurn;
    private final LoopCarrier carrier;
    private final Thread thread = Thread.ofPlatform().daemon().name("loop").unstarted(this::live);
    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicInteger turnsEnded = new AtomicInteger();
    private volatile Runnable behindOwnWakeUp = () -> {};
    private volatile Runnable behindWakeUpOfOthers = () -> {};
    private volatile boolean closed;

    /** A loop that is not started. */
    public SelectorLoop(Function<EventLoop, LoopCarrier> attach, boolean canTurn) {
        this.canTurn = canTurn;
        try {
            selector = Selector.open();
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
        carrier = attach.apply(this);
    }

    /** Starts it. */
    public SelectorLoop start() {
        thread.start();
        return this;
    }

    /** Returns its thread. */
    public Thread thread() {
        return thread;
    }

    /** Has it see an event. */
    public void post(Runnable event) {
        events.add(event);
        selector.wakeup();
    }

    /** Gives up one that was never started. */
    public void abandon() {
        carrier.detach();
    }

    /** Ends it. */
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
            selector.close();
        } catch (IOException | InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    /** How often it looked at its events, on any thread. */
    public int looks() {
        return looks.get();
    }

    /** Returns how often it was turned. */
    public int turns() {
        return turns.get();
    }

    /** Returns how often turns ended. */
    public int turnsEndedCount() {
        return turnsEnded.get();
    }

    /** Returns how often two threads were in it. */
    public int overlaps() {
        return overlaps.get();
    }

    /** Has {@code then} run wherever the loop's own thread wakes who turns the loop. */
    public void behindOwnWakeUp(Runnable then) {
        behindOwnWakeUp = then;
    }

    /** Has {@code then} run wherever another thread than the loop's own wakes it. */
    public void behindWakeUpOfOthers(Runnable then) {
        behindWakeUpOfOthers = then;
    }

    @Override
    public void wakeUp() {
        selector.wakeup();
        if (Thread.currentThread().equals(thread)) {
            behindOwnWakeUp.run();
        } else {
            behindWakeUpOfOthers.run();
        }
    }

    @Override
    public boolean canTurn() {
        return canTurn;
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public void turn(boolean wait) throws IOException {
        turns.incrementAndGet();
        look(wait);
    }

    @Override
    public void turnsEnded() {
        turnsEnded.incrementAndGet();
    }

    private void live() {
        try {
            while (!closed) {
                look(carrier.run());
                carrier.awake();
            }
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        } finally {
            carrier.detach();
        }
    }

    private void look(boolean wait) throws IOException {
        looks.incrementAndGet();
        if (inside.incrementAndGet() != 1) {
            overlaps.incrementAndGet();
        }
        long millis = wait && events.isEmpty() ? carrier.waitMillis() : 0;
        if (millis == 0) {
            selector.selectNow();
        } else {
            selector.select(millis == Long.MAX_VALUE ? 0 : millis);
        }
        for (Runnable event = events.poll(); event != null; event = events.poll()) {
            event.run();
        }
        inside.decrementAndGet();
    }
}
