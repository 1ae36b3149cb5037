package dev.treadle.launcher.host;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How a server treats requests and connections, beside its addresses and its content.
 *
 * @param sink is told of each request that is over; null: nobody asks, and nothing is measured
 * @param maxBody the largest body of a request; null: what the container has by itself
 * @param proxies those that are believed what they say about a client; null: none
 * @param maxConnections how many connections each address may have at a time; 0: what the container
 *     has by itself
 * @param files directories that are served beside the applications
 */
public record HttpOptions(
        @Nullable RequestSink sink,
        @Nullable BodyLimit maxBody,
        @Nullable Proxies proxies,
        int maxConnections,
        List<StaticFiles> files) {
    /** Makes the list immutable. */
    public HttpOptions {
        files = List.copyOf(files);
    }
}
