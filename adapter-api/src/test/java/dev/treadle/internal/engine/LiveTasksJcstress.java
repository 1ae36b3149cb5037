package dev.treadle.internal.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.time.Duration;

/** The begin of a task against the close. */
public final class LiveTasksJcstress {
    private LiveTasksJcstress() {}

    /** Refused, or waited for. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "begun, and the close waits for it")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "refused")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "refused, and seen in passing")
    @Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "begun, and the close has not seen it")
    @State
    public static class Seen {
        private final LiveTasks live = new LiveTasks(2);
        private final LiveTask task = new LiveTask("task", () -> {}, live);

        /** The thread that brings a task. */
        @Actor
        public void begin(II_Result result) {
            result.r1 = live.begin(task) ? 1 : 0;
        }

        /** The thread that closes. */
        @Actor
        public void close(II_Result result) {
            live.close();
            result.r2 = live.size();
        }
    }

    /** A close reports exactly the tasks that were begun and have not ended. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "begun, ended, waited for")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "refused, and not told of")
    @Outcome(expect = Expect.FORBIDDEN, desc = "told of as left, though refused or ended")
    @State
    public static class Left {
        private final LiveTasks live = new LiveTasks(2);
        private final LiveTask task = new LiveTask("task", () -> {}, live);

        /** The thread that brings a task that ends at once. */
        @Actor
        public void begin(II_Result result) {
            if (live.begin(task)) {
                live.end(task);
                result.r1 = 1;
            }
        }

        /** The thread that closes and reports the tasks that are left. */
        @Actor
        public void close(II_Result result) {
            try {
                result.r2 = live.closeAndAwait(Duration.ofMinutes(1), Duration.ZERO).size();
            } catch (InterruptedException nobodyDoes) {
                throw new IllegalStateException(nobodyDoes);
            }
        }
    }
}
