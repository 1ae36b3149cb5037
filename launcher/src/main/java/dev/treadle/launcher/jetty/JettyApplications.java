package dev.treadle.launcher.jetty;

import dev.treadle.launcher.host.Application;
import dev.treadle.launcher.host.ApplicationFailedException;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.FormerVersion;
import dev.treadle.launcher.host.WarVersion;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Passes each request to the current version of its application, and counts it there until it is
 * complete.
 *
 * <p>Jetty's ContextHandlerCollection is not used: a request that has found a version there would
 * get 503 or 404 if the version is removed before the request has entered it.
 */
final class JettyApplications extends Handler.AbstractContainer {
    /** An application at its context path, which has no slash at its end; empty for the root. */
    private record Place(String path, Application<ContextHandler> application) {
        /**
         * @param requested the path of a request; null if it has none, as that of CONNECT
         */
        boolean has(@Nullable String requested) {
            return path.isEmpty()
                    || (requested != null
                            && requested.startsWith(path)
                            && (requested.length() == path.length()
                                    || requested.charAt(path.length()) == '/'));
        }
    }

    // written by add, before the server starts; the longest path first
    private final List<Place> places = new ArrayList<>();
    private final Map<ContextHandler, Content.War> first = new LinkedHashMap<>();

    // current ones, former ones, and one that starts
    private final List<Handler> versions = new CopyOnWriteArrayList<>();

    JettyApplications() {
        // versions come and go while the server runs
        super(true);
    }

    /**
     * Adds the applications that the server starts with.
     *
     * @param handlers makes the handler of a version
     */
    void add(List<WarVersion> those, Function<WarVersion, ContextHandler> handlers) {
        for (WarVersion version : those) {
            ContextHandler handler = handlers.apply(version);
            String path = version.war().contextPath();
            places.add(new Place(path.equals("/") ? "" : path, new Application<>(handler)));
            first.put(handler, version.war());
            join(handler);
        }
        places.sort(Comparator.comparingInt((Place place) -> place.path().length()).reversed());
    }

    private void join(ContextHandler handler) {
        if (getServer() != null) {
            handler.setServer(getServer());
        }
        versions.add(handler);
        // started with this one, or by the caller
        addBean(handler, true);
    }

    /** Stops a version, also one that has failed to start. */
    private void leave(ContextHandler handler) throws Exception {
        try {
            handler.stop();
        } finally {
            versions.remove(handler);
            first.remove(handler);
            removeBean(handler);
            handler.destroy();
        }
    }

    @Override
    public List<Handler> getHandlers() {
        return versions;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = request.getHttpURI().getCanonicalPath();
        for (Place place : places) {
            if (place.has(path)) {
                Application.Running<ContextHandler> running = place.application().enter();
                Request.addCompletionListener(request, failure -> running.leave());
                return running.version().handle(request, response, callback);
            }
        }
        return false;
    }

    /**
     * Looks at those that the server starts with, after its start has failed.
     *
     * @throws ApplicationFailedException if the start has failed for one of them
     */
    void requireNoneFailed(Throwable failure) throws ApplicationFailedException {
        for (Map.Entry<ContextHandler, Content.War> each : first.entrySet()) {
            if (each.getKey().isFailed()) {
                throw new ApplicationFailedException(each.getValue(), failure);
            }
        }
    }

    /**
     * Starts a version, and passes all further requests to it.
     *
     * @param handler its handler
     * @throws ApplicationFailedException if it does not start
     */
    FormerVersion replace(WarVersion next, ContextHandler handler)
            throws ApplicationFailedException {
        join(handler);
        try {
            handler.start();
        } catch (Exception | LinkageError failed) {
            leaveAfter(failed, handler);
            throw new ApplicationFailedException(next.war(), failed);
        }
        return new Former(place(handler).switchTo(handler));
    }

    private void leaveAfter(Throwable failed, ContextHandler handler) {
        try {
            leave(handler);
        } catch (Exception | LinkageError more) {
            failed.addSuppressed(more);
        }
    }

    private Application<ContextHandler> place(ContextHandler handler) {
        String path = handler.getContextPath();
        return places.stream()
                .filter(place -> place.path().equals(path.equals("/") ? "" : path))
                .findAny()
                .orElseThrow(() -> new IllegalStateException("no application at " + path))
                .application();
    }

    /** A handler that gets no requests any more. */
    private final class Former implements FormerVersion {
        private final Application.Running<ContextHandler> running;

        Former(Application.Running<ContextHandler> running) {
            this.running = running;
        }

        @Override
        public long awaitNobodyInside(Duration grace) throws InterruptedException {
            return running.awaitNobodyInside(grace);
        }

        @Override
        public void stop() throws Exception {
            leave(running.version());
        }
    }
}
