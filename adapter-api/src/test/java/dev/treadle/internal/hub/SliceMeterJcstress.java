package dev.treadle.internal.hub;

import dev.treadle.internal.base.HubUse;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.FutureTask;

/** What the end of a slice says to the numbers of its task. */
public final class SliceMeterJcstress {
    private SliceMeterJcstress() {}

    /**
     * A carrier that has lost its hub ends the first slice of a task, while the task comes to its
     * end in the next slice, on the carrier that has the hub.
     */
    @JCStressTest
    @Outcome(id = "0, 11", expect = Expect.ACCEPTABLE, desc = "forgotten, and both slices counted")
    @Outcome(expect = Expect.FORBIDDEN, desc = "kept for ever, or a time is lost")
    @State
    public static class LateAndOver {
        private final SliceMeter meter = new SliceMeter();
        private final HubUse use = new HubUse(0, true);
        private final Runnable slice = new FutureTask<>(() -> null);

        /** A task whose first slice has begun. */
        public LateAndOver() {
            use.begins(0);
            meter.goesOn(slice, use); // by the watch, when it took the hub
        }

        /** The carrier without the hub. */
        @Actor
        public void late() {
            meter.endedLate(slice, use, 0, 1);
        }

        /** The carrier with the hub, and the task on it. */
        @Actor
        public void next() {
            HubUse known = meter.begins(slice, 10);
            meter.over(use, slice, known);
            meter.ended(slice, known, known != null, 10, 20);
        }

        /** Afterwards. */
        @Arbiter
        public void after(IJ_Result result) {
            result.r1 = meter.known();
            result.r2 = use.nanos(30);
        }
    }

    /**
     * The watch takes the hub where the first slice of a task ends. The next slice of the task, on
     * the carrier that has the hub then, is counted.
     */
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "the carrier keeps its hub")
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "taken, and the next slice is counted")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the next slice is not counted")
    @State
    public static class TakenAtTheEnd {
        private static final Hub HUB = new Hub(0, new CarrierThreads(1));

        private final SliceMeter meter = new SliceMeter();
        private final HubUse use = new HubUse(0, true);
        private final Runnable slice = new FutureTask<>(() -> null);
        private final Carrier carrier = new Carrier(HUB, false);

        /** A carrier in the first slice of a task. */
        public TakenAtTheEnd() {
            use.begins(0);
            carrier.letIn();
            carrier.enterSlice(slice, use, 0);
        }

        /** The carrier. */
        @Actor
        public void carrier() {
            if (carrier.leaveSlice()) {
                meter.ended(slice, use, false, 0, 1);
            } else {
                meter.endedLate(slice, use, 0, 1);
                carrier.forgetSlice();
            }
        }

        /** The watch, and the carrier that gets the hub from it. */
        @Actor
        public void watch(I_Result result) {
            if (!carrier.takeOut()) {
                result.r1 = -1;
                return;
            }
            meter.goesOn(carrier);
            result.r1 = meter.begins(slice, 10) == null ? 0 : 1;
        }
    }

    /**
     * A task begins in a slice from which the watch takes the hub. The next slice of the task is
     * counted.
     */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "one of the two has made it known")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the next slice is not counted")
    @State
    public static class TakenAtTheBegin {
        private static final Hub HUB = new Hub(0, new CarrierThreads(1));

        private final HubUse use = new HubUse(0, true);
        private final Runnable slice = new FutureTask<>(() -> null);
        private final Carrier carrier = new Carrier(HUB, false);

        /** A carrier in a slice, before its task begins. */
        public TakenAtTheBegin() {
            carrier.letIn();
            carrier.enterSlice(slice, null, 0);
        }

        /** The carrier. */
        @Actor
        public void carrier() {
            carrier.adopt(use);
        }

        /** The watch. */
        @Actor
        public void watch() {
            boolean taken = carrier.takeOut();
            assert taken : "it does not leave its slice";
            HUB.meter().goesOn(carrier);
        }

        /** The next slice. */
        @Arbiter
        public void after(I_Result result) {
            result.r1 = HUB.meter().begins(slice, 10) == null ? 0 : 1;
            HUB.meter().over(use, slice, null);
        }
    }
}
