package dev.treadle.stats;

import dev.treadle.internal.base.ClientText;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

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
        String frame) {

    /** Escapes and cuts text from outside. */
    public RequestView {
        method = ClientText.shown(method);
        path = ClientText.shown(path);
        frame = ClientText.shown(frame);
    }

    /** Returns the same without the stack of its thread. */
    public RequestView withoutStack() {
        return new RequestView(id, method, path, age, state, client, thread.withoutStack(), frame);
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
        map.put("thread", thread.name());
        map.put("client", client);
        map.put("frame", frame);
        return map;
    }

    @Override
    public String toString() {
        return line() + " " + age.toMillis() + "ms " + state;
    }
}
