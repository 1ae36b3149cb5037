package dev.treadle.internal.engine;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Threads that add and remove, against each other and against threads that iterate. */
public final class RosterJcstress {
    private RosterJcstress() {}

    /** A flag and the roster: as {@code cutOff} of the gate, and {@code closed} of the engines. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "seen")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "saw the flag")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "both")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "overlooked")
    @State
    public static class FlagAndSlot {
        private final Roster<Object> roster = new Roster<>(2);
        private volatile boolean flag;

        /** The thread that adds. */
        @Actor
        public void come(II_Result result) {
            roster.add(this);
            result.r1 = flag ? 1 : 0;
        }

        /** The thread that iterates. */
        @Actor
        public void look(II_Result result) {
            flag = true;
            roster.forEach(who -> result.r2++);
        }
    }

    /** The same for one who finds no slot: the set of the JDK holds it. */
    @JCStressTest
    @Outcome(id = "0, 2", expect = Expect.ACCEPTABLE, desc = "seen")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "saw the flag")
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "both")
    @Outcome(id = "0, 1", expect = Expect.FORBIDDEN, desc = "overlooked")
    @State
    public static class FlagAndSet {
        private final Roster<Object> roster = new Roster<>(1);
        private volatile boolean flag;

        /** Takes the slot. */
        public FlagAndSet() {
            roster.add(new Object());
        }

        /** The thread that adds. */
        @Actor
        public void come(II_Result result) {
            roster.add(this);
            result.r1 = flag ? 1 : 0;
        }

        /** The thread that iterates. */
        @Actor
        public void look(II_Result result) {
            flag = true;
            roster.forEach(who -> result.r2++);
        }
    }

    /** Both want the one slot, come, and go: the slot's count is written by one at a time. */
    @JCStressTest
    @Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "two have gone, nobody is there")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a count is lost, or somebody left behind")
    @State
    public static class OneSlotForTwo {
        private final Roster<Object> roster = new Roster<>(1);

        /** One. */
        @Actor
        public void one() {
            comeAndGo(new Object());
        }

        /** The other. */
        @Actor
        public void other() {
            comeAndGo(new Object());
        }

        private void comeAndGo(Object who) {
            roster.remove(who, roster.add(who));
        }

        /** The state at the end. */
        @Arbiter
        public void left(II_Result result) {
            result.r1 = (int) roster.gone();
            result.r2 = roster.size();
        }
    }
}
