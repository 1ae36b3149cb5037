package dev.treadle.launcher;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Holds log records until it is released; then prints them, and what comes later at once. After
 * that it can hold those of one thread. Safe for any thread.
 */
final class HoldingHandler extends Handler {
    private final boolean silent;
    private final boolean holds;
    private final LogFormat format;
    private final PrintStream out = System.err;
    private final SimpleFormatter messages = new SimpleFormatter();

    // guarded by this
    private final List<LogRecord> held = new ArrayList<>();
    private boolean released;
    private @Nullable Thread heldThread;

    /**
     * @param silent whether others print: this handler then only remembers
     * @param format of the lines
     * @param released whether to print from the beginning, and hold nothing at any time
     */
    HoldingHandler(boolean silent, LogFormat format, boolean released) {
        this.silent = silent;
        this.format = format;
        this.released = released;
        this.holds = !released;
    }

    @Override
    public synchronized void publish(LogRecord record) {
        if (!isLoggable(record)) {
            return;
        }
        if (!released || Thread.currentThread().equals(heldThread)) {
            held.add(record);
        } else if (!silent) {
            out.print(line(record));
        }
    }

    /** From now on the records of the present thread are held, and only these. */
    synchronized void holdThisThread() {
        heldThread = holds ? Thread.currentThread() : null;
    }

    /** Prints all records that are held, and holds none any more. */
    synchronized void release() {
        released = true;
        heldThread = null;
        held.forEach(this::publish);
        held.clear();
    }

    /** Drops all records that are held, and holds none any more. */
    synchronized void forget() {
        heldThread = null;
        held.clear();
    }

    synchronized Optional<LogRecord> firstError() {
        return held.stream()
                .filter(record -> record.getThrown() != null)
                .filter(record -> record.getLevel().intValue() >= Level.SEVERE.intValue())
                .findFirst();
    }

    private String line(LogRecord record) {
        return switch (format) {
            case TEXT -> text(record);
            case JSON -> json(record);
        };
    }

    private String json(LogRecord record) {
        Map<String, Object> line =
                Console.record(
                        record.getInstant(),
                        record.getLevel(),
                        String.valueOf(record.getLoggerName()),
                        messages.formatMessage(record));
        Throwable thrown = record.getThrown();
        if (thrown != null) {
            line.put("exception", trace(thrown));
        }
        return JsonLine.of(line) + System.lineSeparator();
    }

    private String text(LogRecord record) {
        String line =
                LogTime.iso(record.getInstant())
                        + " "
                        + record.getLevel().getName()
                        + " "
                        + record.getLoggerName()
                        + ": "
                        + messages.formatMessage(record)
                        + System.lineSeparator();
        Throwable thrown = record.getThrown();
        return thrown == null ? line : line + trace(thrown);
    }

    private static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    @Override
    public void flush() {
        out.flush();
    }

    /** Standard error is not ours to close. */
    @Override
    public void close() {
        flush();
    }
}
