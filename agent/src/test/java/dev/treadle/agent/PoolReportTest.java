package dev.treadle.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

class PoolReportTest {
    private static final Logger LOG = Logger.getLogger("dev.treadle.agent");

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    lines.add(line.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
    }

    /** Returns the lines up to the first that contains {@code last}. */
    private List<String> linesUntil(String last) throws InterruptedException {
        List<String> read = new ArrayList<>();
        for (String line = lines.poll(2, TimeUnit.MINUTES);
                line != null;
                line = lines.poll(2, TimeUnit.MINUTES)) {
            read.add(line);
            if (line.contains(last)) {
                return read;
            }
        }
        throw new AssertionError("no line with " + last + " after " + read);
    }

    @Test
    void placesWithoutAnEndAreNotKept() throws Exception {
        PoolReport report = new PoolReport();
        report.serverStarts();
        for (int i = 0; i < 1_500; i++) {
            PoolReport.Place place = report.changed("Script" + i + ":1", "newFixedThreadPool");
            place.bounded(2);
            if (i >= 1_000) {
                place.leave("a factory of its own");
                report.left("Script" + i, "class", "it cannot be rewritten");
            }
        }
        assertThat(linesUntil("more than 1000 places make pools"))
                .filteredOn(line -> line.startsWith("pool of "))
                .hasSize(1_000)
                .allMatch(line -> line.endsWith("at most 2 threads): on virtual threads"));
    }

    @Test
    void placeIsToldOnceHoweverManyPoolsItMakes() throws Exception {
        PoolReport report = new PoolReport();
        report.serverStarts();
        for (int i = 0; i < 10; i++) {
            report.changed("Payments:31", "newFixedThreadPool").threadNamed("pool-" + i);
            report.left("Jobs:18", "newScheduledThreadPool", "it is a scheduled pool");
        }
        assertThat(linesUntil("Jobs:18"))
                .containsExactly(
                        "monkey-patch=executors: places of the code with pools on virtual threads:"
                                + " 1, left as they are: 1",
                        "pool of Payments:31 (newFixedThreadPool, such as pool-0): on virtual"
                                + " threads",
                        "pool of Jobs:18 (newScheduledThreadPool): left as it is: it is a"
                                + " scheduled pool");
        assertThat(lines).isEmpty();
    }
}
