package dev.treadle.undertow.war;

import org.apache.tomcat.util.descriptor.web.WebXml;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what Tomcat's merge of descriptors says of a conflict: it says so in its log only. */
final class MergeConflicts extends Handler implements AutoCloseable {
    private final Logger log = Logger.getLogger(WebXml.class.getName());
    private final List<String> said = new ArrayList<>();

    private MergeConflicts() {}

    static MergeConflicts listen() {
        MergeConflicts conflicts = new MergeConflicts();
        conflicts.log.addHandler(conflicts);
        return conflicts;
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
            said.add(record.getMessage());
        }
    }

    String text() {
        return said.isEmpty() ? "the log says which do not" : String.join("; ", said);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        log.removeHandler(this);
    }
}
