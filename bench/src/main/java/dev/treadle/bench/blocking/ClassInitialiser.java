package dev.treadle.bench.blocking;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;

/**
 * A class initialiser that waits for a lock. Its owner is a greenlet of the same hubs that is
 * unmounted: it gives the lock away on {@link #release}, but for that it needs a carrier.
 */
final class ClassInitialiser implements Freeze {
    private volatile CountDownLatch go = new CountDownLatch(1);
    private volatile CountDownLatch gone = new CountDownLatch(0);

    @Override
    public void arrange(Scheduler scheduler) throws InterruptedException {
        gone.await(); // the owner of the last round
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch unlocked = new CountDownLatch(1);
        go = told;
        gone = unlocked;
        scheduler.execute(() -> {
            InitialiserLock.LOCK.lock();
            try {
                locked.countDown();
                told.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } finally {
                InitialiserLock.LOCK.unlock();
            }
            unlocked.countDown();
        });
        locked.await();
    }

    @Override
    public void block(Runnable held) throws ClassNotFoundException {
        InitialiserLock.HELD.set(held);
        Class.forName(HeldInitialiser.class.getName(), true, new Afresh());
    }

    @Override
    public void release() {
        go.countDown();
    }

    /** Defines {@link HeldInitialiser} anew, and takes all other classes from where they are. */
    private static final class Afresh extends ClassLoader {
        Afresh() {
            super(ClassInitialiser.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(HeldInitialiser.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in =
                    ClassInitialiser.class.getResourceAsStream("HeldInitialiser.class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
