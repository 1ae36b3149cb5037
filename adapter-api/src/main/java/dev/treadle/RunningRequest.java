package dev.treadle;

import java.time.Duration;

/**
 * A request that is inside: what a log line or a report says of it.
 *
 * @param method the HTTP method
 * @param path the path of the request, without the query, which may hold secrets
 * @param age how long ago it was admitted
 */
public record RunningRequest(String method, String path, Duration age) {
    @Override
    public String toString() {
        return method + " " + path + " " + age.toMillis() + "ms";
    }
}
