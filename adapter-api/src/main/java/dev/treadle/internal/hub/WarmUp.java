package dev.treadle.internal.hub;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * Tells whether the JVM is cold. Then long slices say nothing about the application: loading a
 * class holds a hub on every JDK, and code that is not compiled yet takes ten times as long.
 *
 * <p>Time is cut into windows of a second. A window is <em>busy</em> if the JVM loaded {@link
 * #BUSY_CLASSES} classes or more in it, or spent {@link #BUSY_COMPILING_MILLIS} or more of it
 * compiling. Else it is calm. The JVM is cold until {@link #CALM_WINDOWS} calm windows have come in
 * a row, and cold again from the moment a window is busy: the first requests after a quiet start
 * may come late.
 *
 * <p><b>It is bounded.</b> Only windows in which a hub ran count, and after {@value #MOST_WINDOWS}
 * cold ones of those the JVM is warm for good. So a slice that holds its hub for long at the start
 * is logged in the end, also in an application that loads classes for ever.
 *
 * <p>Of the watch only: not safe for several threads.
 */
public final class WarmUp {
    /** Counters of the JVM since its start; both only rise. */
    public interface Jvm {
        /** Returns how many classes it has loaded. */
        long classesLoaded();

        /** Returns how many milliseconds its compilers have worked, all together. */
        long millisCompiling();

        /** The JVM that this runs in. */
        static Jvm present() {
            ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
            CompilationMXBean compiler =
                    ManagementFactory.getCompilationMXBean(); // null with -Xint
            boolean compiles = compiler != null && compiler.isCompilationTimeMonitoringSupported();
            return new Jvm() {
                @Override
                public long classesLoaded() {
                    return classes.getTotalLoadedClassCount();
                }

                @Override
                public long millisCompiling() {
                    return compiles ? compiler.getTotalCompilationTime() : 0;
                }
            };
        }
    }

    /** A page that is asked for first loads hundreds; one that is known loads a few at most. */
    public static final int BUSY_CLASSES = 20;

    /** Half a core. */
    static final long BUSY_COMPILING_MILLIS = 500;

    public static final int CALM_WINDOWS = 3;
    static final int MOST_WINDOWS = 60;

    public static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Jvm jvm;

    // at the begin of the present window
    private long begin;
    private long classes;
    private long millis;
    private boolean hubsRan;

    private int calm;
    private int coldWindows;

    /** The warm-up of a JVM, as of that time. */
    public WarmUp(Jvm jvm, long now) {
        this.jvm = jvm;
        begin(now);
    }

    /** For the JVM that this runs in: it counts as cold at first, even if it has run for long. */
    public static WarmUp ofThisJvm() {
        return new WarmUp(Jvm.present(), System.nanoTime());
    }

    private void begin(long now) {
        begin = now;
        classes = jvm.classesLoaded();
        millis = jvm.millisCompiling();
        hubsRan = false;
    }

    /**
     * Notes what goes on; to be called several times in each window while hubs run.
     *
     * @param now by {@link System#nanoTime}
     * @param running whether a hub runs
     */
    public void look(long now, boolean running) {
        hubsRan |= running;
        long lasted = now - begin;
        if (lasted >= 2 * WINDOW_NANOS) {
            begin(now); // no look meanwhile: hubs slept
        } else if (lasted >= WINDOW_NANOS) {
            endWindow();
            begin(now);
        } else if (isBusy()) {
            calm = 0;
        }
    }

    private void endWindow() {
        if (!hubsRan) {
            return;
        }
        if (isCold()) {
            coldWindows++;
        }
        calm = isBusy() ? 0 : Math.min(CALM_WINDOWS, calm + 1);
    }

    private boolean isBusy() {
        return jvm.classesLoaded() - classes >= BUSY_CLASSES
                || jvm.millisCompiling() - millis >= BUSY_COMPILING_MILLIS;
    }

    /** Whether long slices are to be counted only, as of the last look. */
    boolean isCold() {
        return calm < CALM_WINDOWS && coldWindows < MOST_WINDOWS;
    }
}
