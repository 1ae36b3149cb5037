package dev.treadle.stats;

import dev.treadle.internal.base.ClientText;

import java.time.Duration;

/**
 * A request that is inside, as a log line or a report shows it. Text from the client is kept on one
 * line: a control or format character is shown as a backslash, {@code u} and four hexadecimal
 * digits. Text is cut at 200 characters, with three dots at its end.
 *
 * @param method the HTTP method, escaped and cut
 * @param path the path of the request, escaped and cut, without the query, which may hold secrets
 * @param age how long ago it was admitted
 * @since 0.2.0
 */
public record RunningRequest(String method, String path, Duration age) {
    /** Escapes and cuts what the client has written. */
    public RunningRequest {
        method = ClientText.shown(method);
        path = ClientText.shown(path);
    }

    @Override
    public String toString() {
        return method + " " + path + " " + age.toMillis() + "ms";
    }
}
