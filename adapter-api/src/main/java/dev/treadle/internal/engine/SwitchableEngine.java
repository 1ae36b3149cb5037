package dev.treadle.internal.engine;

import dev.treadle.internal.base.NeutralThreads;
import dev.treadle.stats.HubLoad;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;

/**
 * The current engine, which can be replaced while tasks run: new tasks go to the new one, those
 * begun end on the old one, which then ends itself.
 *
 * <p><b>No task is lost.</b> {@code current} is replaced first and the old engine closed after. A
 * task that reached the old one too late is rejected by it, and so before any of it ran; it is then
 * given to {@code current}, which is another one by now, or else all are closed.
 *
 * <p><b>Hubs stay.</b> The loops of a container are bound to the hubs of one engine for as long as
 * they run. Virtual threads that greenlets have started stay on their hub, and may need its watch,
 * even after all tasks have ended. So an engine with hubs is set aside instead of closed, idle, and
 * used again by the next switch to as many hubs. It costs a few threads that sleep: the watch, and
 * the carriers of hubs that no loop carries.
 *
 * <p>Safe for any thread.
 */
public final class SwitchableEngine implements Engine {
    /** As long as nanoseconds in a {@code long} go: 292 years. */
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private volatile Engine current;

    // guarded by this
    private final List<Retired> retired = new ArrayList<>();
    private final List<GeventEngine> aside = new ArrayList<>();
    private boolean closed;

    /** An engine that ends, and the thread that waits for its end. */
    private record Retired(Engine engine, Thread waits) {}

    /** Begins with {@code first}. */
    public SwitchableEngine(Engine first) {
        current = first;
    }

    /** Returns the engine that new tasks go to. */
    public Engine current() {
        return current;
    }

    /** Returns the present hubs, or those set aside, if they are so many; null if not. */
    public synchronized @Nullable GeventEngine hubs(int count) {
        if (current instanceof GeventEngine hubs && hubs.hubCount() == count) {
            return hubs;
        }
        return aside.stream().filter(idle -> idle.hubCount() == count).findFirst().orElse(null);
    }

    /**
     * Lets new tasks go to {@code next}. Those begun end where they are; this does not wait for
     * them.
     *
     * @throws IllegalStateException if closed; {@code next} is the caller's to close then
     */
    public synchronized void switchTo(Engine next) {
        if (closed) {
            throw new IllegalStateException("workers: closed (expected: open)");
        }
        Engine old = current;
        if (old.equals(next)) {
            return;
        }
        if (old instanceof GeventEngine hubs) {
            aside.add(hubs);
            current = next;
        } else {
            retire(old, next);
        }
        aside.removeIf(next::equals);
    }

    /** The thread comes first: if none can be had, nothing has changed. */
    private void retire(Engine old, Engine next) {
        retired.removeIf(each -> !each.waits().isAlive());
        CountDownLatch replaced = new CountDownLatch(1);
        Thread waits =
                NeutralThreads.daemon(
                        "treadle-retire",
                        () -> {
                            try {
                                replaced.await();
                                endOf(old);
                            } catch (InterruptedException closing) {
                                // the close of all engines goes on with it
                            }
                        });
        waits.start();
        retired.add(new Retired(old, waits));
        current = next;
        replaced.countDown();
    }

    private static void endOf(Engine old) throws InterruptedException {
        List<String> none = old.close(FOR_EVER, Duration.ZERO);
        assert none.isEmpty() : none;
    }

    @Override
    public void execute(Runnable task) {
        execute(task, Engine::execute);
    }

    @Override
    public void executeSpread(Runnable task) {
        execute(task, Engine::executeSpread);
    }

    private void execute(Runnable task, BiConsumer<Engine, Runnable> way) {
        Engine engine = current;
        while (true) {
            try {
                way.accept(engine, task);
                return;
            } catch (RejectedExecutionException retiredOrClosed) {
                Engine now = current;
                if (now.equals(engine)) {
                    throw retiredOrClosed;
                }
                engine = now;
            }
        }
    }

    /** Makes up for the thread at the engine it belongs to, which may be a retired one. */
    @Override
    public void whileWaiting(Wait wait) throws InterruptedException {
        if (Thread.currentThread().isVirtual()) {
            wait.await();
        } else {
            ownerOf(Thread.currentThread()).whileWaiting(wait);
        }
    }

    private Engine ownerOf(Thread thread) {
        Engine now = current;
        if (now.owns(thread)) {
            return now;
        }
        synchronized (this) {
            for (Retired each : retired) {
                if (each.engine().owns(thread)) {
                    return each.engine();
                }
            }
        }
        return now;
    }

    @Override
    public boolean owns(Thread thread) {
        return ownerOf(thread).owns(thread);
    }

    @Override
    public int activeTasks() {
        int sum = 0;
        for (Engine engine : all()) {
            sum += engine.activeTasks();
        }
        return sum;
    }

    @Override
    public int liveThreads() {
        int sum = 0;
        for (Engine engine : all()) {
            sum += engine.liveThreads();
        }
        return sum;
    }

    /**
     * Returns how often a hub went to a spare carrier, of all engines that were ever here: those
     * with hubs are set aside and not ended, so that nothing they counted is lost.
     */
    public long retakes() {
        return allHubs().stream().mapToLong(GeventEngine::retakes).sum();
    }

    /** Returns how many slices were reported as too long, of all engines that were ever here. */
    public long longSlices() {
        return allHubs().stream().mapToLong(GeventEngine::longSlices).sum();
    }

    /** Returns the longest slice, of all engines that were ever here. */
    public Duration longestSlice() {
        return allHubs().stream()
                .map(GeventEngine::longestSlice)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /**
     * Returns what each hub does and has done, in the order of their indexes. Counters are those of
     * all engines that were ever here, by index; the rest is that of the present hubs.
     */
    public List<HubLoad> loads() {
        Engine present = current;
        List<HubLoad> sums = new ArrayList<>();
        for (GeventEngine engine : allHubs()) {
            boolean isPresent = engine.equals(present);
            for (HubLoad load : engine.loads()) {
                HubLoad counted = isPresent ? load : load.countersOnly();
                if (load.index() < sums.size()) {
                    sums.set(load.index(), sums.get(load.index()).and(counted));
                } else {
                    sums.add(counted);
                }
            }
        }
        return sums;
    }

    private synchronized List<GeventEngine> allHubs() {
        List<GeventEngine> hubs = new ArrayList<>(aside);
        if (current instanceof GeventEngine gevent) {
            hubs.add(gevent);
        }
        return hubs;
    }

    /** Returns how many engines of before have tasks that go on. */
    public synchronized int retiring() {
        retired.removeIf(each -> !each.waits().isAlive());
        return retired.size();
    }

    private synchronized List<Engine> all() {
        List<Engine> all = new ArrayList<>();
        all.add(current);
        all.addAll(aside);
        retired.forEach(each -> all.add(each.engine()));
        return all;
    }

    @Override
    public List<String> close(Duration grace, Duration afterInterrupt) throws InterruptedException {
        List<Thread> waits = new ArrayList<>();
        synchronized (this) {
            closed = true;
            retired.forEach(each -> waits.add(each.waits()));
        }
        List<String> left = new ArrayList<>();
        boolean interrupted = false;
        for (Engine engine : all()) {
            try {
                left.addAll(engine.close(grace, afterInterrupt));
            } catch (InterruptedException hurry) {
                interrupted = true; // it is closed all the same, and the others are to be too
            }
        }
        waits.forEach(Thread::interrupt);
        if (interrupted) {
            throw new InterruptedException();
        }
        for (Thread each : waits) {
            each.join();
        }
        return left;
    }
}
