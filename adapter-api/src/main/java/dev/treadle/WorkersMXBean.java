package dev.treadle;

import java.util.List;

/**
 * The workers as JMX shows them, under {@code dev.treadle:type=Workers,name="Tomcat"}; a second
 * server of the same kind in the JVM is {@code name="Tomcat (2)"}. The name has no version, so that
 * it stays the same after an update. Durations are milliseconds.
 *
 * @since 0.2.0
 */
public interface WorkersMXBean {
    /** Returns model, N and hubs, such as {@code gevent 1000 on 2 hubs}. */
    String getSummary();

    /** Returns the container and its version, such as {@code Tomcat 11.0.25}. */
    String getContainer();

    /** Returns every effective setting with its origin, {@code name=value (origin)} each. */
    List<String> getSettings();

    /** Returns {@code threads}, {@code virtual} or {@code gevent}. */
    String getModel();

    /** Returns N. */
    int getLimit();

    /** Returns how many requests are inside. */
    int getActive();

    /** Returns how many event streams are open that are counted apart from N. */
    int getStreams();

    /** Returns how many requests wait in the queue. */
    int getWaiting();

    /** Returns how many requests are complete, since the start. */
    long getCompleted();

    /** Returns how many requests were refused, for any reason, since the start. */
    long getRefused();

    /** Returns how many of those were refused at limits by path, since the start. */
    long getRefusedByLimits();

    /** Returns how many of those would have been one event stream too many. */
    long getRefusedStreams();

    /** Returns how many requests left the queue with their client, since the start. */
    long getClientsGone();

    /** Returns how many requests were interrupted because they ran too long, since the start. */
    long getHarakiris();

    /** Returns how many of those run on all the same. */
    int getStuck();

    /** Returns how long the first in the queue has waited, in milliseconds. */
    long getLongestWaitingMillis();

    /** Returns how many requests have left a queue, with any outcome, since the start. */
    long getLeftQueue();

    /** Returns how long those were in the queue, all together, in milliseconds. */
    long getTimeInQueueMillis();

    /**
     * Returns the time in the queue, in milliseconds, that half of the requests kept to that have
     * left a queue in the last one to two minutes; those that did not wait do not count.
     */
    long getQueueTimeMedianMillis();

    /** Returns the same for 95 of 100 requests. */
    long getQueueTimeP95Millis();

    /** Returns the same for 99 of 100 requests. */
    long getQueueTimeP99Millis();

    /** Returns the longest time in the queue of those requests, in milliseconds. */
    long getQueueTimeMaxMillis();

    /**
     * Returns how long half of the requests that completed in the last one to two minutes were
     * inside, at most, in milliseconds; event streams that are counted apart from N do not count.
     */
    long getRunTimeMedianMillis();

    /** Returns the same for 95 of 100 requests. */
    long getRunTimeP95Millis();

    /** Returns the same for 99 of 100 requests. */
    long getRunTimeP99Millis();

    /** Returns the longest time inside of those requests, in milliseconds. */
    long getRunTimeMaxMillis();

    /** Returns the age of the oldest request inside, in milliseconds. */
    long getLongestRunningMillis();

    /** Returns how often a hub that was held went to a spare carrier, since the start. */
    long getRetakes();

    /** Returns how many slices were longer than {@code max-blocking-time}, since the start. */
    long getLongSlices();

    /** Returns how often other settings were taken while running. */
    long getSwitches();

    /** Whether new requests are taken, and are to be sent here. */
    boolean isReady();

    /** Returns the requests inside, oldest first: method, path and age each. */
    List<String> getRequests();

    /**
     * Returns the requests inside and in the queues as text, those in the same state with the same
     * stack together, the greatest group first.
     */
    String requestGroups();

    /**
     * Returns a part of what the address of {@code --stats} tells, as JSON of the same names, or
     * the copies of thread-locals that requests have. It is for tools: {@code treadle doctor PID}
     * reads it.
     *
     * @param part {@code stats}, {@code requests}, {@code groups}, {@code reports} or {@code
     *     thread-locals}
     * @throws IllegalArgumentException if there is no such part
     */
    String toJson(String part);

    /** Returns the last reports, one line each, the newest first: {@link Workers#recentReports}. */
    List<String> getRecentReports();

    /**
     * Returns the inner limits: name, N, active, waiting, refused, times in the queue and times
     * inside each.
     */
    List<String> getLimits();

    /**
     * Switches to another model or another N while running.
     *
     * @param model {@code threads}, {@code virtual} or {@code gevent}
     * @param n how many requests at a time
     * @return the new {@link #getSummary}
     * @throws IllegalArgumentException with what is wrong; the old settings stay then
     */
    String switchTo(String model, int n);

    /**
     * Changes one setting while running.
     *
     * @param name its plain name, such as {@code queue-timeout}
     * @param value as on the command line
     * @return the new {@link #getSummary}
     * @throws IllegalArgumentException with what is wrong; the old settings stay then
     */
    String set(String name, String value);
}
