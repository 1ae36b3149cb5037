package dev.treadle.tck;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/** A servlet from a lambda. */
final class TckServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** The handling of any request. */
    @FunctionalInterface
    interface Action {
        void handle(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    private final transient Action action;

    TckServlet(Action action) {
        this.action = action;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try {
            action.handle(request, response);
        } catch (IOException | RuntimeException thrown) {
            throw thrown;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("interrupted", interrupted);
        } catch (Exception thrown) {
            throw new IllegalStateException(thrown);
        }
    }

    static void text(HttpServletResponse response, @Nullable String text) throws IOException {
        response.setContentType("text/plain");
        response.getWriter().print(text);
    }

    /** Blocks so many frames deeper than here, and returns how many. */
    static int sleepAt(int frames) throws InterruptedException {
        if (frames == 0) {
            Thread.sleep(1);
            return 0;
        }
        return 1 + sleepAt(frames - 1);
    }

    static String thread() {
        Thread thread = Thread.currentThread();
        return thread.getName() + " " + (thread.isVirtual() ? "virtual" : "platform");
    }
}
