package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.host.Application;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletException;

import org.apache.catalina.Context;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.mapper.MappingData;
import org.apache.catalina.valves.ValveBase;

import java.io.IOException;
import java.util.Map;

/**
 * Takes each request to the current version of its application, and counts it there until it is
 * complete.
 *
 * <p>Tomcat maps a request to a version before it comes to the gate, and the version may have
 * changed when the request leaves the queue. Tomcat also keeps a client with a session on the older
 * version. Such a request is mapped once more.
 */
final class CurrentVersionValve extends ValveBase {
    private final Map<String, Application<Context>> applications;

    /**
     * @param applications by context path, as Tomcat has it
     */
    CurrentVersionValve(Map<String, Application<Context>> applications) {
        super(true);
        this.applications = applications;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        Context mapped = request.getContext();
        Application<Context> application =
                mapped == null ? null : applications.get(mapped.getPath());
        // an asynchronous request comes here again, for a dispatch say, and is counted already
        if (application == null || request.getAsyncContextInternal() != null) {
            getNext().invoke(request, response);
        } else {
            enter(application.enter(), request, response);
        }
    }

    private void enter(Application.Running<Context> running, Request request, Response response)
            throws IOException, ServletException {
        boolean async = false;
        try {
            if (!running.version().equals(request.getContext())) {
                mapTo(running.version(), request);
            }
            getNext().invoke(request, response);
            async = request.isAsync();
            if (async) {
                request.getAsyncContextInternal().addListener(new LeavesAtEnd(running));
            }
        } finally {
            if (!async) {
                running.leave();
            }
        }
    }

    private static void mapTo(Context version, Request request) throws IOException {
        MappingData data = request.getMappingData();
        data.recycle();
        request.getConnector()
                .getService()
                .getMapper()
                .map(
                        request.getCoyoteRequest().serverName(),
                        request.getDecodedRequestURIMB(),
                        version.getWebappVersion(),
                        data);
    }

    /** Tomcat forgets the listeners when a dispatched request goes asynchronous again. */
    private record LeavesAtEnd(Application.Running<Context> running) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            running.leave();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // it is complete after that
        }

        @Override
        public void onError(AsyncEvent event) {
            // it is complete after that
        }
    }
}
