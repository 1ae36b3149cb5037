package dev.treadle.undertow;

import io.undertow.Version;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;

import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Byte buffers that belong to no thread. Undertow's {@code DefaultByteBufferPool} (2.3.26) loses
 * buffers with each thread that ends: those in its cache per thread, and, when that is off, those
 * it frees, because {@code DirectByteBufferDeallocator.free} frees a buffer 100 ms late and only
 * when the <em>same</em> thread frees another. It also takes one lock for all threads on each free,
 * with any settings.
 *
 * <p>Idle buffers wait in a lock-free queue; buffers that do not fit are left to the garbage
 * collector. So are all buffers after the close, because Undertow frees buffers even after the last
 * request. Safe for any thread.
 *
 * <p><b>A buffer that may be in use is not used again.</b> When a client leaves, Undertow gives
 * back buffers that the thread of the request still uses, and another request which had such a
 * buffer would send the bytes of this one. {@link #discardWhat} and {@link Use} say which these
 * are; they are left to the garbage collector too. An idle buffer has no room, so that a late write
 * to it fails, and one that was changed all the same is reported and discarded.
 */
final class SharedBufferPool implements ByteBufferPool, AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.treadle.undertow");

    /** 128 MiB of Undertow's usual 16 KiB buffers. */
    private static final int MOST_KEPT = 8_192;

    private static final int LEAST_KEPT = 256;

    /**
     * So many idle buffers are left alone, 1 MiB of the usual ones: each rests until as many others
     * have come back. A late use of a buffer is so found before the buffer has another owner.
     */
    private static final int RESTING = 64;

    /** The writer for which the current thread writes, if it is one that has to be known. */
    private static final ThreadLocal<Use> WRITES_FOR = new ThreadLocal<>();

    /** Whether a changed buffer was reported: once is enough to be looked for. */
    private static final AtomicBoolean REPORTED = new AtomicBoolean();

    private final boolean direct;
    private final int bufferSize;
    private final Queue<ByteBuffer> idle;
    private final ByteBufferPool arrayBacked;

    /** Threads that give back buffers which may be in use. */
    private final Set<Thread> discarding;

    private volatile boolean closed;

    private SharedBufferPool(boolean direct, int bufferSize, int kept, Set<Thread> discarding) {
        this.discarding = discarding;
        this.direct = direct;
        this.bufferSize = bufferSize;
        this.idle = new MpmcVarHandleArrayQueue<>(kept);
        this.arrayBacked =
                direct ? new SharedBufferPool(false, bufferSize, kept, discarding) : this;
    }

    /**
     * Makes a pool for {@code requests} at a time, each of which needs one buffer to read and one
     * to write.
     *
     * @param direct whether buffers are outside the heap
     * @param bufferSize in bytes
     */
    static SharedBufferPool forRequests(int requests, boolean direct, int bufferSize) {
        long wanted = 2L * requests;
        return new SharedBufferPool(
                direct,
                bufferSize,
                Math.clamp(wanted, LEAST_KEPT, MOST_KEPT),
                ConcurrentHashMap.newKeySet());
    }

    @Override
    public PooledByteBuffer allocate() {
        ByteBuffer buffer = idle.size() > RESTING ? unchanged(idle.poll()) : null;
        if (buffer == null) {
            buffer =
                    direct
                            ? ByteBuffer.allocateDirect(bufferSize)
                            : ByteBuffer.allocate(bufferSize);
        }
        return new Lent(buffer.clear(), WRITES_FOR.get());
    }

    /** Returns the buffer if it is as it was when it was given back. */
    private static @Nullable ByteBuffer unchanged(@Nullable ByteBuffer buffer) {
        if (buffer == null || (buffer.position() == 0 && buffer.limit() == 0)) {
            return buffer;
        }
        if (REPORTED.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "Undertow "
                            + Version.getVersionString()
                            + ": used a buffer that it had given back ("
                            + buffer
                            + "; expected: no use after that); the buffer is discarded, and no"
                            + " request is harmed; please report it");
        }
        return null;
    }

    /**
     * Leaves all buffers that {@code ends} gives back to the garbage collector: another thread may
     * be using them.
     */
    void discardWhat(Runnable ends) {
        Thread self = Thread.currentThread();
        boolean outermost = discarding.add(self);
        try {
            ends.run();
        } finally {
            if (outermost) {
                discarding.remove(self);
            }
        }
    }

    private void giveBack(ByteBuffer buffer) {
        if (!closed && (discarding.isEmpty() || !discarding.contains(Thread.currentThread()))) {
            idle.offer(buffer.clear().limit(0));
        }
    }

    @Override
    public ByteBufferPool getArrayBackedPool() {
        return arrayBacked;
    }

    @Override
    public int getBufferSize() {
        return bufferSize;
    }

    @Override
    public boolean isDirect() {
        return direct;
    }

    @Override
    public void close() {
        closed = true;
        idle.clear();
        if (arrayBacked != this) {
            arrayBacked.close();
        }
    }

    @Override
    public String toString() {
        return "buffer pool";
    }

    /**
     * The writes of one answer, by one thread at a time. Buffers that are allocated in a write and
     * given back while a write is under way are discarded.
     *
     * <p><b>No buffer is missed</b>: a writer sets {@code now} and then looks whether its stream is
     * closed. A thread that closes the stream says so first, then gives back the buffer, and then
     * reads {@code now} (AbstractFramedStreamSinkChannel, 2.3.26). All these are volatile, so at
     * least one of the two sees the other.
     */
    static final class Use {
        private volatile boolean now;

        void begin() {
            now = true;
            WRITES_FOR.set(this);
        }

        void end() {
            WRITES_FOR.remove();
            now = false;
        }
    }

    /**
     * A buffer in use. Undertow may close it twice, and from two threads: it must come back once.
     */
    private final class Lent extends AtomicReference<@Nullable ByteBuffer>
            implements PooledByteBuffer {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable Use use;

        Lent(ByteBuffer buffer, @Nullable Use use) {
            super(buffer);
            this.use = use;
        }

        @Override
        public ByteBuffer getBuffer() {
            ByteBuffer buffer = get();
            if (buffer == null) {
                throw new IllegalStateException("buffer: given back already");
            }
            return buffer;
        }

        @Override
        public void close() {
            ByteBuffer buffer = getAndSet(null);
            if (buffer != null && (use == null || !use.now)) {
                giveBack(buffer);
            }
        }

        @Override
        public boolean isOpen() {
            return get() != null;
        }
    }
}
