package dev.treadle.internal;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.LoopCarrier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A loop over a selector without channels, which counts its turns and who is in it. */
final class SelectorLoop implements EventLoop {
    private final Selector selector;
    private final boolean canTurn;
    private final LoopCarrier carrier;
    private final Thread thread = Thread.ofPlatform().daemon().name("loop").unstarted(this::live);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger();
    private volatile boolean closed;

    SelectorLoop(Function<EventLoop, LoopCarrier> attach, boolean canTurn) {
        this.canTurn = canTurn;
        try {
            selector = Selector.open();
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
        carrier = attach.apply(this);
    }

    SelectorLoop start() {
        thread.start();
        return this;
    }

    void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
            selector.close();
        } catch (IOException | InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    int turns() {
        return turns.get();
    }

    int overlaps() {
        return overlaps.get();
    }

    @Override
    public void wakeUp() {
        selector.wakeup();
    }

    @Override
    public boolean canTurn() {
        return canTurn;
    }

    @Override
    public void turn(boolean wait) throws IOException {
        turns.incrementAndGet();
        look(wait);
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
        if (inside.incrementAndGet() != 1) {
            overlaps.incrementAndGet();
        }
        if (wait) {
            selector.select();
        } else {
            selector.selectNow();
        }
        inside.decrementAndGet();
    }
}
