package dev.treadle.launcher;

import dev.treadle.launcher.host.RequestSink;
import dev.treadle.launcher.host.ServedRequest;

import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The access log and the log of slow requests. A request leaves its record in a bounded queue, and
 * goes on; one thread writes. If the disk is slower than the requests the queue fills, further
 * records are dropped, and {@link Losses} reports how many.
 *
 * <p><b>The writer never sleeps while a record waits</b>: a producer puts its record, and then
 * reads {@code sleeping}; the writer sets {@code sleeping}, and then looks into the queue. A full
 * fence stands between the two steps of each, so at least one of the two sees the other.
 */
final class RequestLog implements RequestSink, AutoCloseable {
    /** How many records may wait to be written: at most about 50 MB of the longest of them. */
    static final int ROOM = 8192;

    private static final Logger LOG = System.getLogger("dev.treadle.launcher");

    /** Bytes that are written at once: at least one line, and not much more than this. */
    private static final int BATCH = 64 * 1024;

    /** How long the end of the process waits for the writer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final @Nullable LogFile file;
    private final LogFormat format;
    private final SlowRequests slow;
    private final MpscVarHandleArrayQueue<ServedRequest> waiting =
            new MpscVarHandleArrayQueue<>(ROOM);
    private final Losses losses = new Losses();
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH);
    private final Thread writer;
    private volatile boolean sleeping;
    private volatile boolean reopens;
    private volatile boolean closed;

    private RequestLog(@Nullable LogFile file, LogFormat format, SlowRequests slow) {
        this.file = file;
        this.format = format;
        this.slow = slow;
        this.writer = Thread.ofPlatform().daemon().name("treadle-request-log").unstarted(this::run);
    }

    /**
     * Starts the writer.
     *
     * @param file gets a line for each request; null: no access log
     * @param slow reports those that took too long
     */
    static RequestLog start(@Nullable LogFile file, LogFormat format, SlowRequests slow) {
        RequestLog log = new RequestLog(file, format, slow);
        log.writer.start();
        return log;
    }

    @Override
    public void served(ServedRequest request) {
        if (file == null && !slow.is(request)) {
            return;
        }
        if (!waiting.offer(request)) {
            losses.add(1);
            return;
        }
        VarHandle.fullFence();
        if (sleeping) {
            LockSupport.unpark(writer);
        }
    }

    /** Has the file opened anew, before the next line. */
    void reopen() {
        reopens = true;
        LockSupport.unpark(writer);
    }

    private void run() {
        while (!closed || !waiting.isEmpty()) {
            if (reopens) {
                reopens = false;
                openAnew();
            }
            ServedRequest next = waiting.poll();
            if (next == null) {
                flush();
                sleep();
            } else {
                take(next);
            }
        }
        flush();
    }

    private void sleep() {
        sleeping = true;
        VarHandle.fullFence();
        if (waiting.isEmpty() && !closed && !reopens) {
            LockSupport.park(this);
        }
        sleeping = false;
    }

    private void take(ServedRequest request) {
        try {
            if (file != null) {
                String line = AccessLine.of(request, format) + System.lineSeparator();
                batch.writeBytes(line.getBytes(StandardCharsets.US_ASCII));
            }
            slow.report(request);
        } catch (RuntimeException broken) {
            losses.add(1);
            LOG.log(Level.ERROR, "a request could not be logged", broken);
        }
        if (batch.size() >= BATCH) {
            flush();
        }
    }

    private void flush() {
        if (file == null || batch.size() == 0) {
            return;
        }
        byte[] bytes = batch.toByteArray();
        batch.reset();
        try {
            file.write(bytes);
        } catch (IOException failed) {
            losses.failed(lines(bytes), failed);
        }
    }

    private static int lines(byte[] bytes) {
        int lines = 0;
        for (byte each : bytes) {
            if (each == '\n') {
                lines++;
            }
        }
        return lines;
    }

    private void openAnew() {
        if (file == null) {
            return;
        }
        flush();
        try {
            file.reopen();
        } catch (IOException refused) {
            LOG.log(
                    Level.ERROR,
                    "--access-log: {0} could not be opened anew ({1}): lines go on to the file that was open",
                    file.toString(),
                    refused.toString());
        }
    }

    /** Writes what waits, for some seconds at most. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(writer);
        try {
            if (!writer.join(PATIENCE)) {
                LOG.log(Level.WARNING, "the end of the access log could not be written in time");
            } else if (file != null) {
                file.close();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "the access log did not close in order", failed);
        }
        losses.report();
    }
}
