package dev.treadle.bench.server;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;

/** {@link Work} as the one servlet of every container. */
public final class WorkServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Work work = new Work();

    /** For the hosts. */
    public WorkServlet() {}

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] body = work.answer(request.getRequestURI(), request::getParameter);
        if (body == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        response.setContentType("text/plain");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
