package dev.treadle.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A spare carrier takes a hub that was held while others waited. */
@Name("treadle.Retake")
@Label("Retake")
@Category("Treadle")
@Description("A spare carrier takes a hub that was held while others waited.")
@StackTrace(false)
final class RetakeEvent extends Event {
    @Label("Hub")
    @Description("Index of the hub")
    int hub;

    @Label("Held For")
    @Description("Duration for which the hub was held")
    @Timespan(Timespan.NANOSECONDS)
    long heldFor;

    static void record(int hub, long heldNanos) {
        RetakeEvent event = new RetakeEvent();
        event.hub = hub;
        event.heldFor = heldNanos;
        event.commit();
    }
}
