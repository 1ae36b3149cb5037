package dev.treadle.stats;

import dev.treadle.settings.WorkerModel;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests of the workers at one moment, with the stacks of their threads: what runs, what
 * waits, and where. Maps have the shape of JSON objects: their values are numbers, booleans,
 * strings, lists and maps.
 *
 * <p>Requests come and go while the report is made, so it is not exact to the instant: each request
 * is as it was at some moment of the making.
 *
 * @param model how requests run
 * @param taken when the report was made
 * @param inside how many of the requests are inside
 * @param queued how many of the requests wait in a queue
 * @param requests the requests, oldest first
 * @since 0.2.0
 */
public record RequestReport(
        WorkerModel model, Instant taken, int inside, int queued, List<RequestView> requests) {

    /** Makes the list immutable. */
    public RequestReport {
        requests = List.copyOf(requests);
    }

    /** Makes a report of these requests, which are given oldest first. */
    public static RequestReport of(WorkerModel model, Instant taken, List<RequestView> requests) {
        int queued =
                (int) requests.stream().filter(each -> each.state() == RequestState.QUEUED).count();
        return new RequestReport(model, taken, requests.size() - queued, queued, requests);
    }

    /**
     * Returns how many requests have a thread whose stack is not in the report. A report takes
     * 1,000 stacks, and more until 400 ms are over. On the model {@code gevent} a later one keeps
     * the stacks of requests that have not run meanwhile, and so has more of them.
     */
    public int stacksMissing() {
        return (int)
                requests.stream()
                        .map(RequestView::thread)
                        .filter(thread -> thread.id() > 0 && thread.stack().isEmpty())
                        .count();
    }

    /** Returns the requests with the same state and stack together, the greatest group first. */
    public List<StackGroup> groups() {
        return StackGroup.of(requests);
    }

    /** Returns a table with one request a line, oldest first. */
    public String toText() {
        return RequestText.table(this);
    }

    /** Returns each group with its stack, the greatest first. */
    public String groupsToText() {
        return RequestText.groups(this);
    }

    /**
     * Returns {@code model}, {@code inside}, {@code queued}, {@code stacksMissing}, and {@code
     * requests}: a list of maps with {@code id}, {@code method}, {@code path}, {@code ageMillis},
     * {@code state}, {@code hub}, {@code slices}, {@code cpuMillis}, {@code thread}, {@code client}
     * and {@code frame}. Unknown numbers are -1.
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = counts();
        map.put("requests", requests.stream().map(RequestView::toMap).toList());
        return map;
    }

    /**
     * Returns {@code model}, {@code inside}, {@code queued}, {@code stacksMissing}, and {@code
     * groups}: a list of maps with {@code count}, {@code state}, {@code waitsIn}, {@code frame},
     * {@code oldestMillis}, {@code requests} (up to three, such as {@code GET /orders}) and {@code
     * stack}.
     */
    public Map<String, Object> groupsToMap() {
        Map<String, Object> map = counts();
        map.put("groups", groups().stream().map(StackGroup::toMap).toList());
        return map;
    }

    private Map<String, Object> counts() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("model", model.word());
        map.put("inside", inside);
        map.put("queued", queued);
        map.put("stacksMissing", stacksMissing());
        return map;
    }

    /**
     * Returns the threads of the requests in the text format of {@code jcmd PID
     * Thread.dump_to_file}, each with its request beside its name.
     */
    public String threadDumpToText() {
        return ThreadDump.text(this);
    }

    /**
     * Returns the threads of the requests in the JSON format of {@code jcmd PID Thread.dump_to_file
     * -format=json}: {@code threadDump} with one of {@code threadContainers}.
     */
    public Map<String, Object> threadDumpToMap() {
        return ThreadDump.map(this);
    }

    /** Returns the table, as {@link #toText} does. */
    @Override
    public String toString() {
        return toText();
    }
}
