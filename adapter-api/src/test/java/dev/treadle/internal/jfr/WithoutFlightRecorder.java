package dev.treadle.internal.jfr;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;

import java.util.concurrent.CountDownLatch;

/** Runs a greenlet and each event; to be started in a JVM that has no module {@code jdk.jfr}. */
final class WithoutFlightRecorder {
    private WithoutFlightRecorder() {}

    /** Prints which module it found, and at last that it ended. */
    public static void main(String[] arguments) throws InterruptedException {
        System.out.println(
                ModuleLayer.boot().findModule("jdk.jfr").isPresent() ? "with jfr" : "without jfr");
        CountDownLatch ran = new CountDownLatch(1);
        try (Workers workers = Workers.open(WorkerSettings.gevent(1))) {
            workers.executor().execute(ran::countDown);
            ran.await();
        }
        FlightEvents.retake(0, 1);
        FlightEvents.harakiri("GET", "/", 1);
        FlightEvents.longSlice(new FlightEvents.LongSlice(0, "", "", "", "", 1, ""));
        System.out.println(
                FlightEvents.recordsSlices()
                        + " "
                        + FlightEvents.recordsLongSlices()
                        + " "
                        + FlightEvents.beginGateWait());
        System.out.println("ended");
    }
}
