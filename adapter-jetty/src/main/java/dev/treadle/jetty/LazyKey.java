package dev.treadle.jetty;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * The key of a connection. The kernel keeps an interest in reading that the connection has given
 * up, until something can be read that nobody wants. So a request that blocks costs no system calls
 * for its interest, where Jetty would remove it and add it again. An interest in writing is passed
 * on at once.
 *
 * <p>Invariant: the real key has the interest that is wanted, or {@code OP_READ} beside it. Only
 * the thread that has the loop changes an interest.
 */
final class LazyKey extends SelectionKey {
    private final SelectionKey real;
    private volatile int wanted; // others only read it

    LazyKey(SelectionKey real) {
        this.real = real;
        this.wanted = real.interestOps();
    }

    /** Whether something is ready that nobody wants; the kernel is told then. */
    boolean isUnwanted() {
        if ((wanted & real.readyOps()) != 0) {
            return false;
        }
        real.interestOps(wanted);
        return true;
    }

    @Override
    public SelectionKey interestOps(int ops) {
        wanted = ops;
        int known = real.interestOps();
        if ((ops & ~known) != 0 || ((ops ^ known) & ~OP_READ) != 0) {
            real.interestOps(ops);
        }
        return this;
    }

    @Override
    public int interestOps() {
        return wanted;
    }

    @Override
    public int readyOps() {
        return real.readyOps();
    }

    @Override
    public SelectableChannel channel() {
        return real.channel();
    }

    @Override
    public Selector selector() {
        return real.selector();
    }

    @Override
    public boolean isValid() {
        return real.isValid();
    }

    @Override
    public void cancel() {
        real.cancel();
    }
}
