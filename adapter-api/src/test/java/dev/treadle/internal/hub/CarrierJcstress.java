package dev.treadle.internal.hub;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The hand-over of a hub from one carrier to the next. */
public final class CarrierJcstress {
    private static final Hub HUB = new Hub(0, new CarrierThreads(1));

    private CarrierJcstress() {}

    /** The end of a slice against the watch: one of the two has the hub afterwards. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the carrier keeps its hub")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the watch has taken it")
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "two carriers in one hub")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "nobody has the hub")
    @State
    public static class Retake {
        private final Carrier carrier = new Carrier(HUB, false);

        /** A carrier in a slice. */
        public Retake() {
            carrier.letIn();
            carrier.enterSlice(() -> {}, null, 0);
        }

        /** The carrier. */
        @Actor
        public void carrier(II_Result result) {
            result.r1 = carrier.leaveSlice() ? 1 : 0;
        }

        /** The watch. */
        @Actor
        public void watch(II_Result result) {
            result.r2 = carrier.takeOut() ? 1 : 0;
        }
    }

    /**
     * A thread that takes a hub from a slice sees the changes that its carrier made to the queue
     * before that slice.
     */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "nothing was taken")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "nothing was taken")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "taken, and what was polled is seen")
    @Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "the next one would poll it again")
    @State
    public static class PolledThenTaken {
        private final Carrier carrier = new Carrier(HUB, false);
        private int polled;

        /** A carrier that looks at its queue. */
        public PolledThenTaken() {
            carrier.letIn();
        }

        /** The carrier. */
        @Actor
        public void carrier() {
            polled = 1;
            carrier.enterSlice(() -> {}, null, 0);
        }

        /** The watch. */
        @Actor
        public void watch(II_Result result) {
            result.r1 = carrier.takeOut() ? 1 : 0;
            result.r2 = polled;
        }
    }

    /** The same where a carrier gives the hub away after its last poll. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "not in yet")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "not in yet")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "in, and what was polled is seen")
    @Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "it would poll it again")
    @State
    public static class PolledThenGiven {
        private final Carrier home = new Carrier(HUB, true);
        private int polled;

        /** The carrier that gives the hub back. */
        @Actor
        public void carrier() {
            polled = 1;
            home.letIn();
        }

        /** The loop's own thread, which waits for it. */
        @Actor
        public void home(II_Result result) {
            result.r1 = home.isOut() ? 0 : 1;
            result.r2 = polled;
        }
    }
}
