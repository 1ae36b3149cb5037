package dev.treadle.internal.gate;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two who count a time. */
public final class TimeRecorderJcstress {
    private static final long MILLI = 1_000_000;

    private TimeRecorderJcstress() {}

    /** Both find the period over. */
    @JCStressTest
    @Outcome(id = "2, 9", expect = Expect.ACCEPTABLE, desc = "both are counted")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a time is lost, or counted twice")
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

        /** Behind both. */
        @Arbiter
        public void after(II_Result result) {
            TimeRecorder.Snapshot all = times.snapshot(TimeRecorder.PERIOD_NANOS);
            result.r1 = (int) all.ended();
            result.r2 = (int) all.recent().max().toMillis();
        }
    }

    /** A time is counted while somebody looks and so ends the period. */
    @JCStressTest
    @Outcome(id = "[01], 1, 9", expect = Expect.ACCEPTABLE, desc = "it is counted once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it is lost, or counted twice")
    @State
    public static class LookEndsPeriod {
        private final TimeRecorder times = new TimeRecorder(0);

        /** It comes. */
        @Actor
        public void comes() {
            times.record(9 * MILLI, TimeRecorder.PERIOD_NANOS - 1);
        }

        /** The look. */
        @Actor
        public void look(III_Result result) {
            result.r1 = (int) times.snapshot(TimeRecorder.PERIOD_NANOS).ended();
        }

        /** Behind both. */
        @Arbiter
        public void after(III_Result result) {
            TimeRecorder.Snapshot all = times.snapshot(TimeRecorder.PERIOD_NANOS);
            result.r2 = (int) all.ended();
            result.r3 = (int) all.recent().max().toMillis();
        }
    }
}
