package dev.treadle.stats;

import dev.treadle.settings.WorkerModel;

import java.time.Duration;
import java.util.List;

/**
 * The state and counters of the workers at one moment. Active and waiting requests are read
 * together; the counters only ever rise.
 *
 * @param model how requests run
 * @param limit N
 * @param hubs how many hubs; 0 for a model that has none
 * @param active requests inside, those of priority paths and event streams not counted
 * @param streams event streams that are open, and are counted apart from N
 * @param waiting requests in line, at the gate and at the limits by path
 * @param completed requests that were inside and are complete, since the start
 * @param refusedLineFull requests refused because the line was full, since the start
 * @param refusedLineTimeout requests refused after the longest time in line, since the start
 * @param refusedDraining requests refused because the workers were draining, since the start
 * @param refusedStreams requests refused because their answer would have been one event stream too
 *     many, since the start
 * @param refusedByLimits of all those refused, the ones at limits by path; the others were refused
 *     at the gate's own count, or as one event stream too many
 * @param clientsGone requests taken out of a line because their client had left, since the start
 * @param harakiris requests interrupted because they ran longer than allowed, since the start
 * @param stuck requests that run on although they were interrupted for that
 * @param longestWaiting how long the first in line has waited, of all lines; zero if none waits
 * @param leftLine requests that have left a line, with any outcome, since the start
 * @param timeInLine total time those waited
 * @param queueTimes how long each of the requests waited that have left a line lately
 * @param longestRunning the age of the oldest request inside that is no event stream; zero if there
 *     is none
 * @param tasks tasks of any kind that the engine runs, requests included
 * @param threads platform threads of the pool or live greenlets or virtual threads of the engine
 * @param carriers OS threads of the hubs' own that carry one or are held in a slice; 0 while event
 *     loops carry all hubs, and for a model without hubs
 * @param retakes how often a hub that was held went to a spare carrier, since the start
 * @param longSlices slices reported as longer than {@link
 *     dev.treadle.settings.WorkerSettings#maxBlockingTime}, since the start
 * @param longestSlice the longest slice that the watch has seen since the start; it looks every few
 *     milliseconds and sees none that is short; zero if none
 * @param hubLag how long a runnable slice waits for its hub, on the hub where this is longest: the
 *     time that a probe needs, which goes through the queue ten times a second while there is work,
 *     or how long the hub has been held; zero if no hub has work, and for a model without hubs
 * @param draining whether new requests are refused because of a drain
 * @param ready whether new requests are to be sent here: false from the first moment of a stop
 * @param switches how often other settings were taken while running, since the start
 * @param retiring engines of before a switch on which tasks go on
 * @param limits the inner limits, those by path first
 * @since 0.2.0
 */
public record WorkerStats(
        WorkerModel model,
        int limit,
        int hubs,
        int active,
        int streams,
        int waiting,
        long completed,
        long refusedLineFull,
        long refusedLineTimeout,
        long refusedDraining,
        long refusedStreams,
        Refusals refusedByLimits,
        long clientsGone,
        long harakiris,
        int stuck,
        Duration longestWaiting,
        long leftLine,
        Duration timeInLine,
        QueueTimes queueTimes,
        Duration longestRunning,
        int tasks,
        int threads,
        int carriers,
        long retakes,
        long longSlices,
        Duration longestSlice,
        Duration hubLag,
        boolean draining,
        boolean ready,
        long switches,
        int retiring,
        List<LimitStats> limits) {

    /** Makes the list immutable. */
    public WorkerStats {
        limits = List.copyOf(limits);
    }

    /** Returns all requests refused, for any reason, since the start. */
    public long refused() {
        return refusedLineFull
                + refusedLineTimeout
                + refusedDraining
                + refusedStreams
                + clientsGone;
    }

    /**
     * Returns the requests refused at the gate's own count, by reason, since the start; without
     * {@link #refusedStreams}.
     */
    public Refusals refusedByGate() {
        return new Refusals(refusedLineFull, refusedLineTimeout, refusedDraining, clientsGone)
                .without(refusedByLimits);
    }
}
