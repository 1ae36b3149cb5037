package dev.treadle.launcher.host;

import dev.treadle.launcher.provision.Provisions;

import java.nio.file.Path;
import java.util.List;

/**
 * The content that a container serves, and the addresses it listens on.
 *
 * @param listeners where to listen, one or more
 * @param content the content to serve
 * @param versions the first version of each web application, in the order of the content; empty for
 *     the demo
 * @param provisions the things that a web application is given besides
 * @param http how the server treats requests and connections
 * @param workDirectory a directory for the container's own files; removed after the stop
 */
public record Site(
        List<Listener> listeners,
        Content content,
        List<WarVersion> versions,
        Provisions provisions,
        HttpOptions http,
        Path workDirectory) {
    /** Makes the lists immutable. */
    public Site {
        listeners = List.copyOf(listeners);
        versions = List.copyOf(versions);
    }
}
