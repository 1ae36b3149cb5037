package dev.treadle.launcher;

import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.provision.Provisions;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/**
 * The server to start, as the options say; all of them are checked.
 *
 * @param kind the container
 * @param listeners where to listen, one or more
 * @param content the content to serve
 * @param provisions the things that a web application is given besides
 * @param http how it treats requests and connections
 * @param settings those of the workers
 * @param workdir where to make the directory of its files; null: among the temporary files
 */
record ServerPlan(
        ContainerKind kind,
        List<Listener> listeners,
        Content content,
        Provisions provisions,
        HttpOptions http,
        WorkerSettings settings,
        @Nullable Path workdir) {
    /** Makes the list immutable. */
    ServerPlan {
        listeners = List.copyOf(listeners);
    }
}
