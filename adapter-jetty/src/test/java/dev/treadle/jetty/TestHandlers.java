package dev.treadle.jetty;

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
}
