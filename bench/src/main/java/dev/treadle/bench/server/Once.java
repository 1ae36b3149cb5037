package dev.treadle.bench.server;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Something that is made when it is first needed, once. Not by a class initialiser, in which a
 * virtual thread that waits would keep its carrier.
 */
final class Once<T> implements Supplier<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Supplier<T> maker;
    // written under the lock
    private volatile @Nullable T made;

    Once(Supplier<T> maker) {
        this.maker = maker;
    }

    @Override
    public T get() {
        T known = made;
        return known == null ? make() : known;
    }

    private T make() {
        lock.lock();
        try {
            T known = made;
            if (known == null) {
                known = maker.get();
                made = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }
}
