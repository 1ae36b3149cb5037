package dev.treadle.internal.jfr;

import dev.treadle.internal.base.ClientText;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A request waits in a queue at the gate or at a limit by path. */
@Name("treadle.GateWait")
@Label("Gate Wait")
@Category("Treadle")
@Description("A request waits in a queue at the gate or at a limit by path.")
@StackTrace(false)
final class GateWaitEvent extends Event implements FlightEvents.GateWait {
    private static final GateWaitEvent PROBE = new GateWaitEvent();

    @Label("Method")
    String method = "";

    @Label("Path")
    @Description("Path without the query, escaped and cut")
    String path = "";

    @Label("Outcome")
    @Description("admitted, or the reason why the request was not")
    String outcome = "";

    static boolean isOn() {
        return PROBE.isEnabled();
    }

    static FlightEvents.GateWait started() {
        GateWaitEvent event = new GateWaitEvent();
        event.begin();
        return event;
    }

    @Override
    public void ended(String ofMethod, String ofPath, String how) {
        end();
        if (shouldCommit()) {
            method = ClientText.shown(ofMethod);
            path = ClientText.shown(ofPath);
            outcome = how;
            commit();
        }
    }
}
