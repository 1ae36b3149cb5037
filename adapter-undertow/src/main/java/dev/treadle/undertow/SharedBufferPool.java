package dev.treadle.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;

import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Queue;
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
 */
final class SharedBufferPool implements ByteBufferPool, AutoCloseable {
    /** 128 MiB of Undertow's usual 16 KiB buffers. */
    private static final int MOST_KEPT = 8_192;

    private static final int LEAST_KEPT = 256;

    /**
     * So many idle buffers are left alone, 1 MiB of the usual ones: each rests until as many others
     * have come back. Undertow has been seen to use a buffer shortly after it had given it back, in
     * a test whose clients leave in the middle of an answer (ServletOutputStreamImpl, 2.3.26). Its
     * own pool keeps freed buffers for the thread that freed them, and hides that.
     */
    private static final int RESTING = 64;

    private final boolean direct;
    private final int bufferSize;
    private final Queue<ByteBuffer> idle;
    private final ByteBufferPool arrayBacked;
    private volatile boolean closed;

    private SharedBufferPool(boolean direct, int bufferSize, int kept) {
        this.direct = direct;
        this.bufferSize = bufferSize;
        this.idle = new MpmcVarHandleArrayQueue<>(kept);
        this.arrayBacked = direct ? new SharedBufferPool(false, bufferSize, kept) : this;
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
        return new SharedBufferPool(direct, bufferSize, Math.clamp(wanted, LEAST_KEPT, MOST_KEPT));
    }

    @Override
    public PooledByteBuffer allocate() {
        ByteBuffer buffer = idle.size() > RESTING ? idle.poll() : null;
        if (buffer == null) {
            buffer =
                    direct
                            ? ByteBuffer.allocateDirect(bufferSize)
                            : ByteBuffer.allocate(bufferSize);
        }
        return new Lent(buffer.clear());
    }

    private void giveBack(ByteBuffer buffer) {
        if (!closed) {
            idle.offer(buffer);
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
     * A buffer in use. Undertow may close it twice, and from two threads: it must come back once.
     */
    private final class Lent extends AtomicReference<@Nullable ByteBuffer>
            implements PooledByteBuffer {
        private static final long serialVersionUID = 1L;

        Lent(ByteBuffer buffer) {
            super(buffer);
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
            if (buffer != null) {
                giveBack(buffer);
            }
        }

        @Override
        public boolean isOpen() {
            return get() != null;
        }
    }
}
