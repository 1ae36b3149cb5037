package dev.treadle.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A greenlet holds its hub for longer than max-blocking-time. */
@Name("treadle.LongSlice")
@Label("Long Slice")
@Category("Treadle")
@Description("A greenlet holds its hub for longer than max-blocking-time.")
@StackTrace(false)
final class LongSliceEvent extends Event {
    private static final LongSliceEvent PROBE = new LongSliceEvent();

    @Label("Hub")
    @Description("Index of the hub")
    int hub;

    @Label("Thread")
    String thread = "";

    @Label("Request")
    @Description("Method and path without the query, escaped and cut")
    String request = "";

    @Label("Frame")
    @Description("First line of the code of the application")
    String frame = "";

    @Label("Cause")
    String cause = "";

    @Label("Lasted")
    @Description("Duration of the slice so far")
    @Timespan(Timespan.NANOSECONDS)
    long lasted;

    @Label("Stack")
    @Description("Stack of the greenlet, one line for each frame")
    String stack = "";

    static boolean isOn() {
        return PROBE.isEnabled();
    }

    static void record(FlightEvents.LongSlice slice) {
        LongSliceEvent event = new LongSliceEvent();
        event.hub = slice.hub();
        event.thread = slice.thread();
        event.request = slice.request();
        event.frame = slice.frame();
        event.cause = slice.cause();
        event.lasted = slice.nanos();
        event.stack = slice.stack();
        event.commit();
    }
}
