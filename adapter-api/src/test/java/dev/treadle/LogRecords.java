package dev.treadle;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * The log records of Treadle while this is open, as {@code LEVEL message}; the console does not
 * show them.
 */
public final class LogRecords extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("dev.treadle");
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<Throwable> thrown = new CopyOnWriteArrayList<>();

    /** Starts to listen. */
    public LogRecords() {
        setLevel(Level.ALL);
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    /** Returns all records so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Returns the warnings so far. */
    public List<String> warnings() {
        return lines.stream().filter(line -> line.startsWith("WARNING ")).toList();
    }

    /** Returns the exceptions that were logged with a stack. */
    List<Throwable> thrown() {
        return List.copyOf(thrown);
    }

    @Override
    public void publish(LogRecord entry) {
        if (entry.getThrown() != null) {
            thrown.add(entry.getThrown());
        }
        lines.add(entry.getLevel() + " " + formatter.formatMessage(entry));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
