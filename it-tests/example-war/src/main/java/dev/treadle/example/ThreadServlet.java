package dev.treadle.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;

/** Says which thread it runs on. */
@WebServlet("/thread")
public final class ThreadServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Thread thread = Thread.currentThread();
        response.setContentType("text/plain");
        response.getWriter().print(thread.getName() + " virtual=" + thread.isVirtual());
    }
}
