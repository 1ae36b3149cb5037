package dev.treadle.internal.hub;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * The log of the watch: slices that are too long, and hubs that went to spare carriers.
 *
 * <p>While the JVM is cold ({@link WarmUp}) it logs neither. Once the JVM is warm, one line gives
 * the numbers and the longest slice, the first time. Afterwards a slice is one line with cause and
 * advice, and the frames that matter ({@link Frames}): of many the first {@value #IN_A_ROW}, and
 * then one in ten seconds. At DEBUG each is logged with its whole stack, at any time.
 *
 * <p>Of the watch only: not safe for several threads.
 */
final class SliceReports {
    private static final Logger LOG = System.getLogger("dev.treadle.hub");

    private static final int IN_A_ROW = 10;
    private static final long ONE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The first retake is logged, and then one in this many. */
    private static final int RETAKES_FOR_ONE = 1_000;

    private final WarmUp warmUp;
    private boolean saidThatItIsWarm;

    // what may be logged now, since when it was counted, and what was not logged meanwhile
    private int left = IN_A_ROW;
    private long counted;
    private long untold;

    // since the JVM is cold
    private long coldSlices;
    private long coldRetakes;
    private long longestNanos;
    private String longest = "";

    private long retakes;
    private long nextRetakeLogged = 1;

    SliceReports(WarmUp warmUp, long now) {
        this.warmUp = warmUp;
        counted = now;
    }

    /**
     * Notes what goes on; to be called several times a second while hubs run.
     *
     * @param now by {@link System#nanoTime}
     * @param running whether a hub runs
     */
    void look(long now, boolean running) {
        warmUp.look(now, running);
        if (!warmUp.isCold()) {
            warm();
        }
    }

    private void warm() {
        if (coldSlices > 0) {
            LOG.log(
                    saidThatItIsWarm ? Level.DEBUG : Level.INFO,
                    "the JVM is warm now; while it loaded and compiled classes it had {0} long slices"
                            + " (the longest: {1} {2} ms) and {3} retakes of hubs, which were not logged",
                    coldSlices,
                    longest,
                    TimeUnit.NANOSECONDS.toMillis(longestNanos),
                    coldRetakes);
            saidThatItIsWarm = true;
            if (coldRetakes > 0) {
                nextRetakeLogged = retakes + RETAKES_FOR_ONE;
            }
        }
        coldSlices = 0;
        coldRetakes = 0;
        longestNanos = 0;
        longest = "";
    }

    /** Whether every long slice is logged with its whole stack. */
    boolean logsWholeStacks() {
        return LOG.isLoggable(Level.DEBUG);
    }

    /** Whether slices are counted only, as of now. */
    boolean isCold(long now) {
        look(now, true);
        return warmUp.isCold();
    }

    /** A slice is too long while the JVM is cold; called once for each. */
    void longWhileCold(LongSlice slice) {
        coldSlices++;
        lastsWhileCold(slice.name(), slice.nanos());
        LOG.log(Level.DEBUG, () -> slice + ", while the JVM is cold" + whole(slice));
    }

    /** One of those has lasted so long by now. */
    void lastsWhileCold(String name, long nanos) {
        if (nanos > longestNanos) {
            longestNanos = nanos;
            longest = name;
        }
    }

    /** A slice is too long, and the JVM is warm; called once for each. */
    void isLong(LongSlice slice, long now) {
        if (mayLog(now)) {
            LOG.log(
                    Level.WARNING,
                    "{0}{1}; {2}{3}",
                    slice,
                    untold == 0 ? "" : "; " + untold + " more are not told since the last",
                    slice.explanation(),
                    Frames.lines(Frames.thatMatter(slice.stack())));
            untold = 0;
        } else {
            untold++;
        }
        LOG.log(Level.DEBUG, () -> slice + whole(slice));
    }

    private static String whole(LongSlice slice) {
        return Frames.lines(slice.stack());
    }

    private boolean mayLog(long now) {
        long earned = Math.max(0, (now - counted) / ONE_EVERY_NANOS);
        counted += earned * ONE_EVERY_NANOS;
        left = (int) Math.min(IN_A_ROW, left + earned);
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }

    /**
     * A hub that was held went to a spare carrier.
     *
     * @param soFar how often that happened to any hub so far, this time included
     * @param limitNanos how long it was held at least
     */
    void retaken(int hub, long soFar, long limitNanos) {
        retakes = soFar;
        if (warmUp.isCold()) {
            coldRetakes++;
        } else if (soFar >= nextRetakeLogged) {
            nextRetakeLogged = soFar + RETAKES_FOR_ONE;
            LOG.log(
                    Level.INFO,
                    "treadle-hub-{0}: held for longer than {1} ms while others waited, a spare carrier took it:"
                            + " {2} retakes of all hubs so far; told once in {3}",
                    hub,
                    TimeUnit.NANOSECONDS.toMillis(limitNanos),
                    soFar,
                    RETAKES_FOR_ONE);
        }
    }
}
