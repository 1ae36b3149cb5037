package dev.treadle.undertow;

import static java.util.Objects.requireNonNull;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;

/**
 * An Undertow that is not built yet, and what its requests are for. A built one cannot be told to
 * use other workers, so this pair is what {@link UndertowAdapter} takes as the container.
 *
 * @param builder the builder, with its listeners and options
 * @param root the handler of all requests, which the gate is put in front of
 * @since 0.2.0
 */
public record UndertowSetup(Undertow.Builder builder, HttpHandler root) {
    /** Neither may be null. */
    public UndertowSetup {
        requireNonNull(builder, "builder");
        requireNonNull(root, "root");
    }
}
