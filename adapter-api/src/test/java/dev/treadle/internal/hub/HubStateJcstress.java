package dev.treadle.internal.hub;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Falling asleep against publishing. The publication is a plain field here: the protocol must hold
 * without any guarantee of the queue. On x86 a missing fence on either side shows as {@code 0, 0},
 * the one reordering (a store with a later load) that this processor makes.
 */
public final class HubStateJcstress {
    private HubStateJcstress() {}

    /** {@link Hub#execute} or the loop's own thread, against {@code Hub.stay}. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the producer wakes the carrier")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the carrier stays")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "a wake-up is lost")
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "both take care of it")
    @State
    public static class Sleep {
        private final HubState state = new HubState();
        private int published;

        /** A hub whose carrier runs. */
        public Sleep() {
            state.resume(HubState.NO_CARRIER);
        }

        /** The carrier. */
        @Actor
        public void carrier(II_Result result) {
            state.rest(HubState.SLEEPING);
            result.r1 = published == 1 && state.resume(HubState.SLEEPING) ? 1 : 0;
        }

        /** Any thread. */
        @Actor
        public void producer(II_Result result) {
            published = 1;
            result.r2 = state.summon();
        }
    }

    /** The same for a carrier of a closed hub, which ends. */
    @JCStressTest
    @Outcome(id = "0, 2", expect = Expect.ACCEPTABLE, desc = "the producer starts a carrier")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the carrier stays")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "a slice is left in a hub with nobody")
    @Outcome(id = "1, 2", expect = Expect.FORBIDDEN, desc = "two carriers in one hub")
    @State
    public static class End {
        private final HubState state = new HubState();
        private int published;

        /** A hub whose carrier runs. */
        public End() {
            state.resume(HubState.NO_CARRIER);
        }

        /** The carrier. */
        @Actor
        public void carrier(II_Result result) {
            state.rest(HubState.NO_CARRIER);
            result.r1 = published == 1 && state.resume(HubState.NO_CARRIER) ? 1 : 0;
        }

        /** Any thread. */
        @Actor
        public void producer(II_Result result) {
            published = 1;
            result.r2 = state.summon();
        }
    }

    /** {@link Hub#close} against a carrier that falls asleep. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the closer wakes the carrier")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the carrier sees the close")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "a carrier sleeps for ever")
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "both resumed it")
    @State
    public static class Close {
        private final HubState state = new HubState();
        private int closed;

        /** A hub whose carrier runs. */
        public Close() {
            state.resume(HubState.NO_CARRIER);
        }

        /** The carrier. */
        @Actor
        public void carrier(II_Result result) {
            state.rest(HubState.SLEEPING);
            result.r1 = closed == 1 && state.resume(HubState.SLEEPING) ? 1 : 0;
        }

        /** Any thread. */
        @Actor
        public void closer(II_Result result) {
            closed = 1;
            result.r2 = state.summonSleeper() ? 1 : 0;
        }
    }

    /** Two threads at once find no carrier: one of them starts the only carrier. */
    @JCStressTest
    @Outcome(id = "0, 2", expect = Expect.ACCEPTABLE, desc = "the second starts it")
    @Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "the first starts it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two carriers, or none")
    @State
    public static class TwoSummon {
        private final HubState state = new HubState();

        /** Any thread. */
        @Actor
        public void one(II_Result result) {
            result.r1 = state.summon();
        }

        /** Any other. */
        @Actor
        public void other(II_Result result) {
            result.r2 = state.summon();
        }
    }
}
