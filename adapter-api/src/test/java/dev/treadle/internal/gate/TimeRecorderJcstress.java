package dev.treadle.internal.gate;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two who count a time. */
public final class TimeRecorderJcstress {
    private static final long MILLI = 1_000_000;

    private TimeRecorderJcstress() {}

    /** Both find the period over, and a third looks. */
    @JCStressTest
    @Outcome(id = "[12], 2, 9", expect = Expect.ACCEPTABLE, desc = "both are counted")
    @Outcome(id = "0, 2, 9", expect = Expect.ACCEPTABLE, desc = "the look was before both")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a time is lost")
    @State
    public static class PeriodEnds {
        private final TimeRecorder times = new TimeRecorder(0);

        /** One. */
        @Actor
        public void one() {
            times.record(MILLI, TimeRecorder.PERIOD_NANOS);
        }

        /** The other. */
        @Actor
        public void other() {
            times.record(9 * MILLI, TimeRecorder.PERIOD_NANOS);
        }

        /** A look. */
        @Actor
        public void look(III_Result result) {
            result.r1 = (int) times.snapshot(TimeRecorder.PERIOD_NANOS).ended();
        }

        /** Behind all. */
        @Arbiter
        public void after(III_Result result) {
            TimeRecorder.Snapshot all = times.snapshot(TimeRecorder.PERIOD_NANOS);
            result.r2 = (int) all.ended();
            result.r3 = (int) all.recent().max().toMillis();
        }
    }
}
