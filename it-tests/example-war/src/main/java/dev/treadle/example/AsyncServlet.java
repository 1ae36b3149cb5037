package dev.treadle.example;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;

/** Answers from another thread of the container than the one it was called on. */
@WebServlet(urlPatterns = "/async", asyncSupported = true)
public final class AsyncServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        AsyncContext async = request.startAsync();
        async.start(() -> answer(async));
    }

    private void answer(AsyncContext async) {
        try {
            async.getResponse().setContentType("text/plain");
            async.getResponse().getWriter().print("hello from async");
        } catch (IOException gone) {
            log("the client has left", gone);
        } finally {
            async.complete();
        }
    }
}
