package dev.treadle.stats;

import dev.treadle.internal.base.ClientText;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request that is inside or in the queue, at one moment. Text from the client is escaped and cut
 * as in {@link RunningRequest}.
 *
 * @param id a number of its own among the requests of the workers, at least 1, and the same in each
 *     list. A request gets it when it is listed first; numbers rise
 * @param method the HTTP method, escaped and cut
 * @param path the path of the request, escaped and cut, without the query
 * @param age how long ago it was admitted; in the queue, how long it has waited
 * @param state what it does or waits for
 * @param client the address of the client's end of the connection, which is a proxy's if there is
 *     one in front, without its last part: {@code 10.1.2.x}, {@code 2001:db8:1::x}; empty if
 *     unknown
 * @param thread a thread that runs the application for it; {@link RequestThread#NONE} if there is
 *     none
 * @param frame the first frame of the application's own code on that thread, such as {@code
 *     com.example.OrderDao.find(OrderDao.java:41)}; empty if there is none
 * @param slices how often its greenlets had their hub, the present time included: one more than it
 *     has given way; empty outside of model {@code gevent}, and in the queue
 * @param cpu processor time of its threads up to now; empty in the queue, and in model {@code
 *     virtual}, where the JDK does not tell it. In model {@code gevent} it is the time on the hub:
 *     also the time that it has waited there in native code, and for a free processor. On a
 *     platform thread it begins with the first look at the requests in the last minute, if the
 *     request is older than that look
 * @since 0.2.0
 */
public record RequestView(
        long id,
        String method,
        String path,
        Duration age,
        RequestState state,
        String client,
        RequestThread thread,
        String frame,
        OptionalLong slices,
        Optional<Duration> cpu) {

    private static final double NANOS_PER_MICRO = 1_000;
    private static final double MICROS_PER_MILLI = 1_000;

    /** Escapes and cuts text from outside. */
    public RequestView {
        method = ClientText.shown(method);
        path = ClientText.shown(path);
        frame = ClientText.shown(frame);
    }

    /** Returns the same without the stack of its thread. */
    public RequestView withoutStack() {
        return new RequestView(
                id, method, path, age, state, client, thread.withoutStack(), frame, slices, cpu);
    }

    /** Returns method and path, such as {@code GET /orders}. */
    String line() {
        return method + " " + path;
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("method", method);
        map.put("path", path);
        map.put("ageMillis", age.toMillis());
        map.put("state", state.word());
        map.put("hub", thread.hub());
        map.put("slices", slices.orElse(-1));
        map.put("cpuMillis", cpu.map(RequestView::millis).orElse(-1.0));
        map.put("thread", thread.name());
        map.put("client", client);
        map.put("frame", frame);
        return map;
    }

    /** To a thousandth of a millisecond: many requests need less than one. */
    private static double millis(Duration time) {
        return Math.round(time.toNanos() / NANOS_PER_MICRO) / MICROS_PER_MILLI;
    }

    @Override
    public String toString() {
        return line() + " " + age.toMillis() + "ms " + state;
    }
}
