package dev.treadle.stats;

import dev.treadle.internal.base.ClientText;
import dev.treadle.internal.base.StackFrames;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An event that needs a person: a greenlet that holds its hub, or a request that runs too long. It
 * says what holds it, in which line of the application, and what to do. Text from a client is
 * escaped and cut as in {@link RunningRequest}.
 *
 * <p>Immutable, and so safe for any thread.
 *
 * @param time when it was found
 * @param kind the kind of event
 * @param lasted how long the slice or the request had lasted by then, at least 0
 * @param request method and path without the query, such as {@code GET /orders}, escaped and cut;
 *     empty if no request is known
 * @param frame the first frame of the application's own code, such as {@code
 *     com.example.OrderDao.find(OrderDao.java:41)}; empty if there is none
 * @param cause what holds it, as a sentence without a full stop, such as {@code it computes}
 * @param advice what to do, as a sentence
 * @param stack the stack of its thread, the top first; empty if no thread runs for it
 * @param hub the index of the hub that is held, from 0; -1 if none is
 * @since 0.2.0
 */
public record Report(
        Instant time,
        ReportKind kind,
        Duration lasted,
        String request,
        String frame,
        String cause,
        String advice,
        List<StackTraceElement> stack,
        int hub) {

    /** Escapes and cuts text from outside, and makes the list immutable. */
    public Report {
        request = ClientText.shown(request);
        frame = ClientText.shown(frame);
        stack = List.copyOf(stack);
    }

    /**
     * Returns {@code timeMillis} (since 1970), {@code kind} (such as {@code long-slice}), {@code
     * lastedMillis}, {@code request}, {@code frame}, {@code cause}, {@code advice}, {@code hub} and
     * {@code stack}: a list with one text for each frame.
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("timeMillis", time.toEpochMilli());
        map.put("kind", kind.word());
        map.put("lastedMillis", lasted.toMillis());
        map.put("request", request);
        map.put("frame", frame);
        map.put("cause", cause);
        map.put("advice", advice);
        map.put("hub", hub);
        map.put("stack", stack.stream().map(StackFrames::text).toList());
        return map;
    }

    /**
     * Returns the report on one line, without its stack, such as {@code 2026-12-01T10:00:00Z
     * long-slice on hub 0 for 120 ms: GET /orders: it computes at
     * com.example.Orders.sum(Orders.java:41). Make this code shorter.}
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(time).append(' ').append(kind);
        if (hub >= 0) {
            text.append(" on hub ").append(hub);
        }
        text.append(" for ").append(lasted.toMillis()).append(" ms: ");
        if (!request.isEmpty()) {
            text.append(request).append(": ");
        }
        text.append(cause);
        if (!frame.isEmpty()) {
            text.append(" at ").append(frame);
        }
        return text.append(". ").append(advice).toString();
    }
}
