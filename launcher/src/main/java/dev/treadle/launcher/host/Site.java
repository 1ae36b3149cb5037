package dev.treadle.launcher.host;

import java.nio.file.Path;
import java.util.List;

/**
 * The content that a container serves, and the addresses it listens on.
 *
 * @param listeners where to listen, one or more
 * @param content the content to serve
 * @param http how it treats requests and connections
 * @param workDirectory an empty directory for the container's own files; removed after the stop
 */
public record Site(
        List<Listener> listeners, Content content, HttpOptions http, Path workDirectory) {
    /** Makes the list immutable. */
    public Site {
        listeners = List.copyOf(listeners);
    }
}
