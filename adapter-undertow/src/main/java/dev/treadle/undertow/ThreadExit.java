package dev.treadle.undertow;

import org.xnio.Xnio;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

/**
 * Tells XNIO that a thread ends. {@code NioXnio.getSelector} (XNIO 3.8.16) opens a selector, two or
 * three descriptors, for each thread that blocks in a read or a write, and keeps it in a
 * thread-local until a finalizer runs. XNIO's own pool calls {@code Xnio.handleThreadExit} where
 * its threads end; an executor from outside has to, and the method is protected.
 *
 * <p>Bodies and answers park instead ({@link Parking}). This is for code that still selects on a
 * worker: channels taken over with {@code HttpServerExchange.upgradeChannel}, the answer {@code 100
 * Continue} when the connection is full ({@code HttpServerConnection.sendOutOfBandResponse} makes
 * an exchange of its own), and a second thread that waits for a stream.
 */
final class ThreadExit {
    private final MethodHandle handleThreadExit;

    private ThreadExit(MethodHandle handleThreadExit) {
        this.handleThreadExit = handleThreadExit;
    }

    /**
     * Finds the method.
     *
     * @throws IllegalStateException if it is not there, or not open to this class
     */
    static ThreadExit of(Xnio xnio) {
        try {
            Method method = Xnio.class.getDeclaredMethod("handleThreadExit");
            method.setAccessible(true);
            return new ThreadExit(MethodHandles.lookup().unreflect(method).bindTo(xnio));
        } catch (ReflectiveOperationException | RuntimeException missing) {
            throw new IllegalStateException(
                    "XNIO "
                            + org.xnio.Version.VERSION
                            + ": cannot call Xnio.handleThreadExit, without which each request"
                            + " that waits for its client would leak descriptors (expected: XNIO 3.8, from the class path or"
                            + " a module open to dev.treadle.undertow)",
                    missing);
        }
    }

    /** Frees what XNIO keeps for the current thread. */
    void currentThreadEnds() {
        try {
            handleThreadExit.invokeExact();
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(
                    "Xnio.handleThreadExit declares no checked exception", impossible);
        }
    }
}
