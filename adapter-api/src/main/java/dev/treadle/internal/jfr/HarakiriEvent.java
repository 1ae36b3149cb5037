package dev.treadle.internal.jfr;

import dev.treadle.internal.base.ClientText;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A request runs for longer than allowed and is interrupted. */
@Name("treadle.Harakiri")
@Label("Harakiri")
@Category("Treadle")
@Description("A request runs for longer than allowed and is interrupted.")
@StackTrace(false)
final class HarakiriEvent extends Event {
    @Label("Method")
    String method = "";

    @Label("Path")
    @Description("Path without the query, escaped and cut")
    String path = "";

    @Label("Age")
    @Description("Time since the request was admitted")
    @Timespan(Timespan.NANOSECONDS)
    long age;

    static void record(String method, String path, long ageNanos) {
        HarakiriEvent event = new HarakiriEvent();
        if (event.isEnabled()) {
            event.method = ClientText.shown(method);
            event.path = ClientText.shown(path);
            event.age = ageNanos;
            event.commit();
        }
    }
}
