package dev.treadle.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The begin of a task against the close: refused, or waited for. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "begun, and the close waits for it")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "refused")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "refused, and seen in passing")
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "begun, and the close has not seen it")
@State
public class LiveTasksJcstress {
    private final LiveTasks live = new LiveTasks();
    private final LiveTask task = new LiveTask("task", () -> {}, live);

    /** Who brings a task. */
    @Actor
    public void begin(II_Result result) {
        result.r1 = live.begin(task) ? 1 : 0;
    }

    /** Who closes. */
    @Actor
    public void close(II_Result result) {
        live.close();
        result.r2 = live.size();
    }
}
