package dev.treadle.internal.gate;

import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.GateListener;
import dev.treadle.gate.Permit;
import dev.treadle.internal.engine.VirtualEngine;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Two who meet at the gate. */
public final class GateJcstress {
    private static final VirtualEngine ENGINE = new VirtualEngine();
    private static final WorkerSettings ONE = WorkerSettings.builder().virtual(1).queue(1).build();
    private static final WorkerSettings TWO = WorkerSettings.builder().virtual(2).queue(1).build();

    private GateJcstress() {}

    private static RequestGate gate(int limit) {
        return new RequestGate(limit, 1, Duration.ofMinutes(1), ENGINE);
    }

    private static Permit admitted(RequestGate gate) {
        Visitor visitor = new Visitor();
        gate.enter("GET", "/", visitor);
        Permit permit = visitor.permit;
        if (permit == null) {
            throw new IllegalStateException("there was a place");
        }
        return permit;
    }

    /** Counts its calls. */
    private static final class Visitor implements GateListener {
        private final AtomicInteger admitted = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private volatile @Nullable Permit permit;

        @Override
        public void admitted(Permit given) {
            permit = given;
            admitted.incrementAndGet();
        }

        @Override
        public void answered(GateAnswer answer) {
            refused.incrementAndGet();
        }
    }

    /** No request waits while a place is free. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the second is inside")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "it waits, and the place is free")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a place too few or too many")
    @State
    public static class EnterAndLeave {
        private final RequestGate gate = gate(1);
        private final Permit first = admitted(gate);
        private final Visitor second = new Visitor();

        /** The first goes. */
        @Actor
        public void leave() {
            first.release();
        }

        /** The second comes. */
        @Actor
        public void enter() {
            gate.enter("GET", "/", second);
        }

        /** Behind both. */
        @Arbiter
        public void after(II_Result result) {
            result.r1 = second.admitted.get();
            result.r2 = gate.active();
        }
    }

    /** One place, two who want it. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "one is inside, one waits")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a place too few or too many")
    @State
    public static class TwoEnter {
        private final RequestGate gate = gate(1);
        private final Visitor first = new Visitor();
        private final Visitor second = new Visitor();

        /** One. */
        @Actor
        public void one() {
            gate.enter("GET", "/", first);
        }

        /** The other. */
        @Actor
        public void other() {
            gate.enter("GET", "/", second);
        }

        /** Behind both. */
        @Arbiter
        public void after(III_Result result) {
            result.r1 = first.admitted.get() + second.admitted.get();
            result.r2 = gate.active();
            result.r3 = gate.waiting();
        }
    }

    /** A place that becomes free as the only one in the queue gives up. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "admitted")
    @Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "given up, and the place is free")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a place is lost, or heard twice or never")
    @State
    public static class GiveUpAndLeave {
        private final RequestGate gate = gate(1);
        private final Permit first = admitted(gate);
        private final Visitor second = new Visitor();
        private final RequestGate.@Nullable Place place = gate.enter("GET", "/", second);

        /** The first goes. */
        @Actor
        public void leave() {
            first.release();
        }

        /** The second has waited too long. */
        @Actor
        public void giveUp() {
            if (place != null) {
                place.giveUp();
            }
        }

        /** Behind both. */
        @Arbiter
        public void after(III_Result result) {
            result.r1 = second.admitted.get();
            result.r2 = second.refused.get();
            result.r3 = gate.active();
        }
    }

    /** A waiting request gets one of the added places, or the place that becomes free. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "the third is inside, alone")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a place is lost, or heard twice or never")
    @State
    public static class GrowAndLeave {
        private final RequestGate gate = gate(1);
        private final Permit first = admitted(gate);
        private final Visitor second = new Visitor();
        private final RequestGate.@Nullable Place place = gate.enter("GET", "/", second);

        /** N becomes 2. */
        @Actor
        public void grow() {
            gate.change(TWO);
        }

        /** The first goes. */
        @Actor
        public void leave() {
            first.release();
        }

        /** Behind both. */
        @Arbiter
        public void after(III_Result result) {
            result.r1 = second.admitted.get();
            result.r2 = gate.active();
            result.r3 = place == null ? -1 : gate.waiting();
        }
    }

    /**
     * N becomes smaller as a request comes: a request that came before the change is inside, and
     * leaves a free place.
     */
    @JCStressTest
    @Outcome(
            id = "1, 0, 1",
            expect = Expect.ACCEPTABLE,
            desc = "inside before, or in the queue first")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a place is lost, or heard twice or never")
    @State
    public static class ShrinkAndEnter {
        private final RequestGate gate = gate(2);
        private final Permit first = admitted(gate);
        private final Visitor second = new Visitor();

        /** N becomes 1. */
        @Actor
        public void shrink() {
            gate.change(ONE);
        }

        /** The second comes. */
        @Actor
        public void enter() {
            gate.enter("GET", "/", second);
        }

        /** After both, and after the first. */
        @Arbiter
        public void after(III_Result result) {
            first.release();
            result.r1 = second.admitted.get();
            result.r2 = gate.waiting();
            result.r3 = gate.active();
        }
    }

    /** A permit released by two threads at once gives back one place. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the other one is still inside")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a place too few or too many")
    @State
    public static class ReleaseTwice {
        private final RequestGate gate = gate(2);
        private final Permit one = admitted(gate);
        private final Permit other = admitted(gate);

        /** One thread. */
        @Actor
        public void once() {
            one.release();
        }

        /** Another. */
        @Actor
        public void twice() {
            one.release();
        }

        /** Behind both. */
        @Arbiter
        public void after(II_Result result) {
            result.r1 = gate.active();
            result.r2 = gate.requests().size();
            other.release();
        }
    }

    /** A request that comes as the grace of a drain ends is refused, or interrupted. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "refused")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "inside, and interrupted")
    @Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "inside, and overlooked")
    @State
    public static class EnterAndCutOff {
        private final RequestGate gate = gate(1);
        private final Visitor visitor = new Visitor();

        /** A request. */
        @Actor
        public void enter() {
            gate.enter("GET", "/", visitor);
        }

        /** The stop. */
        @Actor
        public void stop() {
            gate.shut();
            gate.cutOff();
        }

        /** Behind both. */
        @Arbiter
        public void after(II_Result result) {
            Permit permit = visitor.permit;
            result.r1 = visitor.admitted.get();
            result.r2 = permit != null && permit.interrupted() ? 1 : 0;
        }
    }

    /** A request that went asynchronous while it was released is not counted as idle for ever. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "counted off, or never counted")
    @State
    public static class GoesAsyncAsItEnds {
        private final RequestGate gate = gate(1);
        private final Permit permit = admitted(gate);

        /** For jcstress. */
        public GoesAsyncAsItEnds() {}

        /** The thread of the request. */
        @Actor
        public void goesAsync() {
            permit.goesAsync();
        }

        /** The thread that completes it. */
        @Actor
        public void release() {
            permit.release();
        }

        /** Looks. */
        @Arbiter
        public void look(I_Result result) {
            result.r1 = gate.idle();
        }
    }

    /** Two threads say of one request that it is a stream, and there is one place. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "it is one, and one only")
    @Outcome(expect = Expect.FORBIDDEN, desc = "refused for its own place, or counted twice")
    @State
    public static class TwoSayThatItIsAStream {
        private final RequestGate gate =
                new RequestGate(WorkerSettings.builder().virtual(1).streams(1).build(), ENGINE);
        private final Permit permit = admitted(gate);

        /** The thread that writes. */
        @Actor
        public void writes(III_Result result) {
            result.r1 = permit.becomesStream() ? 1 : 0;
        }

        /** The thread that leaves the request. */
        @Actor
        public void leaves(III_Result result) {
            result.r2 = permit.becomesStream() ? 1 : 0;
        }

        /** Behind both. */
        @Arbiter
        public void after(III_Result result) {
            result.r3 = gate.streams() + (permit.isRefused() ? 10 : 0);
        }
    }

    /** One stream too many begins its answer as it goes on without a thread. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "refused, and ended by its writer")
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "two threads answer at once")
    @State
    public static class IsRefusedAsItGoesAsync {
        private final RequestGate gate = fullOfStreams();
        private final Permit permit = admitted(gate);
        private final AtomicInteger ended = new AtomicInteger();

        /** Makes it. */
        public IsRefusedAsItGoesAsync() {
            permit.endedBy(ended::incrementAndGet);
        }

        private static RequestGate fullOfStreams() {
            RequestGate gate =
                    new RequestGate(WorkerSettings.builder().virtual(1).streams(1).build(), ENGINE);
            admitted(gate).becomesStream();
            return gate;
        }

        /** The thread that leaves the request. */
        @Actor
        public void leaves() {
            permit.goesAsync();
        }

        /** The one that writes. */
        @Actor
        public void writes() {
            permit.becomesStream();
        }

        /** Behind both. */
        @Arbiter
        public void after(II_Result result) {
            result.r1 = ended.get();
            result.r2 = permit.isRefused() ? 1 : 0;
        }
    }

    /** A stream begins as its request ends: no place is lost, and none is given back twice. */
    @JCStressTest
    @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "all places are back")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a place too few or too many")
    @State
    public static class BecomeStreamAndRelease {
        private final RequestGate gate = gate(1);
        private final Permit permit = admitted(gate);

        /** The first byte of its answer goes out. */
        @Actor
        public void begins() {
            permit.becomesStream();
        }

        /** Its client has left. */
        @Actor
        public void ends() {
            permit.release();
        }

        /** Behind both. */
        @Arbiter
        public void after(III_Result result) {
            result.r1 = gate.active();
            result.r2 = gate.streams();
            Visitor next = new Visitor();
            gate.enter("GET", "/", next);
            result.r3 = next.admitted.get();
        }
    }
}
