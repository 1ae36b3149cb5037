package dev.treadle.tck;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;

/** Requests that read and write by listeners, as the Servlet specification has it (3.1, 3.7). */
final class ListenerServlets {
    private static final long FOR_EVER = 0;

    private ListenerServlets() {}

    static void register(TckApplication application, ServletContext context) {
        Probe probe = application.probe();
        application.add(
                context,
                "/listener/upload",
                (request, response) -> {
                    AsyncContext async = started(request);
                    ServletInputStream in = request.getInputStream();
                    in.setReadListener(new Upload(probe, async, in));
                });
        application.add(
                context,
                "/listener/big",
                (request, response) -> {
                    AsyncContext async = started(request);
                    int bytes = TckApplication.beginBig(request, response);
                    ServletOutputStream out = response.getOutputStream();
                    out.setWriteListener(new Big(probe, async, out, bytes));
                });
    }

    private static AsyncContext started(HttpServletRequest request) {
        AsyncContext async = request.startAsync();
        async.setTimeout(FOR_EVER);
        return async;
    }

    /** Reads what is there, and answers how much it was. */
    private static final class Upload implements ReadListener {
        private final Probe probe;
        private final AsyncContext async;
        private final ServletInputStream in;
        private final byte[] buffer = new byte[4_096];
        private long total;

        Upload(Probe probe, AsyncContext async, ServletInputStream in) {
            this.probe = probe;
            this.async = async;
            this.in = in;
        }

        @Override
        public void onDataAvailable() throws IOException {
            while (in.isReady()) {
                int n = in.read(buffer);
                if (n < 0) {
                    return;
                }
                probe.read(n);
                total += n;
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            TckServlet.text((HttpServletResponse) async.getResponse(), "read " + total);
            async.complete();
        }

        @Override
        public void onError(Throwable failure) {
            probe.note("error");
            async.complete();
        }
    }

    /** Writes as much as the client takes. */
    private static final class Big implements WriteListener {
        private final Probe probe;
        private final AsyncContext async;
        private final ServletOutputStream out;
        private final byte[] chunk = TckApplication.bigChunk();
        private int left;

        Big(Probe probe, AsyncContext async, ServletOutputStream out, int bytes) {
            this.probe = probe;
            this.async = async;
            this.out = out;
            this.left = bytes;
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (left == 0) {
                    async.complete();
                    return;
                }
                int now = Math.min(left, chunk.length);
                left -= now;
                out.write(chunk, 0, now);
            }
        }

        @Override
        public void onError(Throwable failure) {
            probe.note("error");
            async.complete();
        }
    }
}
