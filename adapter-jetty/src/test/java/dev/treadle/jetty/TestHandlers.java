package dev.treadle.jetty;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.util.concurrent.CountDownLatch;

/** Handlers of Jetty's core, without servlets. */
final class TestHandlers {
    private TestHandlers() {}

    /** Answers with the name of the thread. */
    static Handler thread() {
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Content.Sink.write(response, true, Thread.currentThread().getName(), callback);
                return true;
            }
        };
    }

    /**
     * Says through {@code inside} that a request is inside, and answers when {@code go} is open.
     */
    static Handler hold(CountDownLatch inside, CountDownLatch go) {
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback)
                    throws Exception {
                inside.countDown();
                go.await();
                callback.succeeded();
                return true;
            }
        };
    }

    /** A servlet that does the same, and goes on waiting when it is interrupted. */
    static HttpServlet holdWhateverInterrupts(CountDownLatch inside, CountDownLatch go) {
        return new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                inside.countDown();
                boolean open = false;
                while (!open) {
                    try {
                        go.await();
                        open = true;
                    } catch (InterruptedException ignored) {
                        // this is what the test is about
                    }
                }
            }
        };
    }
}
