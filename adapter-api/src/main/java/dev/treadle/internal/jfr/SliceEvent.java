package dev.treadle.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A slice of a hub: a greenlet runs from one blocking point to the next. */
@Name("treadle.Slice")
@Label("Slice")
@Category("Treadle")
@Description("A slice of a hub: a greenlet runs from one blocking point to the next.")
@StackTrace(false)
@Enabled(false)
final class SliceEvent extends Event implements FlightEvents.SliceRecord {
    private static final SliceEvent PROBE = new SliceEvent();

    @Label("Hub")
    @Description("Index of the hub")
    int hub;

    @Label("Thread Id")
    @Description("Id of the virtual thread; 0 if unknown")
    long threadId;

    static boolean isOn() {
        return PROBE.isEnabled();
    }

    static SliceEvent started() {
        SliceEvent event = new SliceEvent();
        event.begin();
        return event;
    }

    @Override
    public boolean ends() {
        end();
        return shouldCommit();
    }

    @Override
    public void write(int index, long thread) {
        hub = index;
        threadId = thread;
        commit();
    }
}
