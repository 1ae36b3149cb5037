package dev.treadle.launcher.jetty;

import dev.treadle.launcher.host.Passage;
import dev.treadle.launcher.host.RequestSink;
import dev.treadle.launcher.host.ServedRequest;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.security.Principal;

/**
 * Tells the sink of each request. As a handler behind the gate it takes the time at which a request
 * is admitted. As the server's request log it is called by Jetty for each request that is over,
 * malformed and refused ones included.
 */
final class RequestLogHandler extends Handler.Wrapper implements RequestLog {
    private static final String PASSAGE = RequestLogHandler.class.getName();

    private final RequestSink sink;

    RequestLogHandler(RequestSink sink) {
        this.sink = sink;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        request.setAttribute(PASSAGE, Passage.now());
        return super.handle(request, response, callback);
    }

    @Override
    public void log(Request request, Response response) {
        Object passage = request.getAttribute(PASSAGE);
        sink.served(
                new ServedRequest(
                        Request.getTimeStamp(request),
                        Request.getRemoteAddr(request),
                        user(request),
                        head(request),
                        response.getStatus(),
                        Response.getContentBytesWritten(response),
                        ServedRequest.Times.of(
                                request.getHeadersNanoTime(),
                                passage instanceof Passage passed ? passed : null)));
    }

    private static ServedRequest.Head head(Request request) {
        return new ServedRequest.Head(
                request.getMethod(),
                request.getHttpURI().getPathQuery() == null
                        ? String.valueOf(request.getHttpURI())
                        : request.getHttpURI().getPathQuery(),
                request.getConnectionMetaData().getProtocol(),
                request.getHeaders().get(HttpHeader.REFERER),
                request.getHeaders().get(HttpHeader.USER_AGENT));
    }

    private static @Nullable String user(Request request) {
        Request.AuthenticationState state = Request.getAuthenticationState(request);
        Principal principal = state == null ? null : state.getUserPrincipal();
        return principal == null ? null : principal.getName();
    }
}
