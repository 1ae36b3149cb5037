package dev.treadle.example;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;

/** Declared several times with load-on-startup; says in which order they started. */
public final class StartOrderServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String ORDER = "example.servlets";

    @Override
    public void init() {
        Object before = getServletContext().getAttribute(ORDER);
        String name = getServletName();
        getServletContext().setAttribute(ORDER, before == null ? name : before + " " + name);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentType("text/plain");
        response.getWriter().print(getServletContext().getAttribute(ORDER));
    }
}
