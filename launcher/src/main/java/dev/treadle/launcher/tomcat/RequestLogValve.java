package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.host.Passage;
import dev.treadle.launcher.host.RequestSink;
import dev.treadle.launcher.host.ServedRequest;

import jakarta.servlet.ServletException;

import org.apache.catalina.AccessLog;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * Tells the sink of each request. As a valve behind the gate it takes the time at which a request
 * is admitted. As an access log of the engine it is called by Tomcat for each request that is over,
 * malformed and refused ones included (CoyoteAdapter.service, asyncDispatch and log).
 */
final class RequestLogValve extends ValveBase implements AccessLog {
    private static final String PASSAGE = RequestLogValve.class.getName();

    private final RequestSink sink;

    /** To be added after the gate. */
    RequestLogValve(RequestSink sink) {
        super(true);
        this.sink = sink;
    }

    /** An asynchronous dispatch comes here once more, and is no new request. */
    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (request.getNote(PASSAGE) == null) {
            request.setNote(PASSAGE, Passage.now());
        }
        getNext().invoke(request, response);
    }

    @Override
    public void log(Request request, Response response, long nanos) {
        long begin = request.getCoyoteRequest().getStartTimeNanos();
        sink.served(
                new ServedRequest(
                        request.getCoyoteRequest().getStartTime(),
                        orDash(request.getRemoteAddr()),
                        request.getRemoteUser(),
                        head(request),
                        response.getStatus(),
                        bytes(request, response),
                        ServedRequest.Times.of(
                                begin > 0 ? begin : System.nanoTime() - nanos,
                                (Passage) request.getNote(PASSAGE))));
    }

    private static ServedRequest.Head head(Request request) {
        String query = request.getQueryString();
        return new ServedRequest.Head(
                orDash(request.getMethod()),
                orDash(request.getRequestURI()) + (query == null ? "" : "?" + query),
                orDash(request.getProtocol()),
                request.getHeader("Referer"),
                request.getHeader("User-Agent"));
    }

    /** A request that could not be parsed has not all of these. */
    private static String orDash(@Nullable String text) {
        return text == null || text.isEmpty() ? "-" : text;
    }

    /** A file that the system sends by itself is not counted with what Tomcat has written. */
    private static long bytes(Request request, Response response) {
        long written = response.getContentWritten();
        if (written <= 0
                && request.getAttribute("org.apache.tomcat.sendfile.start") instanceof Long start
                && request.getAttribute("org.apache.tomcat.sendfile.end") instanceof Long end) {
            return end - start;
        }
        return Math.max(0, written);
    }

    /** The addresses are always those of the request itself. */
    @Override
    public void setRequestAttributesEnabled(boolean enabled) {}

    @Override
    public boolean getRequestAttributesEnabled() {
        return false;
    }
}
