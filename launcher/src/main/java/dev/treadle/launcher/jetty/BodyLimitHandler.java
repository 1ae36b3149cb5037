package dev.treadle.launcher.jetty;

import dev.treadle.launcher.host.BodyLimit;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * Answers 413 to a request with a larger body than allowed: at once if its length is known, else
 * when the application has read so much. Reading on fails.
 *
 * <p>Jetty's own {@code SizeLimitHandler} is not used. It fails the whole request, the answer
 * included, where the body becomes too large, so that the answer depends on a race. And it never
 * releases the part of the body that was too much, whose buffer its pool then loses.
 */
final class BodyLimitHandler extends Handler.Wrapper {
    private final BodyLimit limit;

    BodyLimitHandler(BodyLimit limit) {
        this.limit = limit;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (request.getLength() > limit.bytes()) {
            Response.writeError(
                    request, response, callback, BodyLimit.CONTENT_TOO_LARGE, tooLarge());
            return true;
        }
        Counting counting = new Counting(request);
        return super.handle(counting, new Answer(counting, response), callback);
    }

    private String tooLarge() {
        return "the body of the request is larger than --max-post, " + limit.bytes() + " bytes";
    }

    /** Counts what is read of a body; for one reader at a time, as Jetty requires. */
    private final class Counting extends Request.Wrapper {
        private long read;

        /** The failure that every read returns. Volatile: {@link #demand} is for any thread. */
        private volatile Content.@Nullable Chunk failure;

        Counting(Request request) {
            super(request);
        }

        @Override
        public Content.@Nullable Chunk read() {
            Content.Chunk failed = failure;
            if (failed != null) {
                return failed;
            }
            Content.Chunk chunk = super.read();
            if (chunk == null || Content.Chunk.isFailure(chunk)) {
                return chunk;
            }
            read += chunk.remaining();
            if (read <= limit.bytes()) {
                return chunk;
            }
            chunk.release();
            failed = Content.Chunk.from(new TooLarge(tooLarge()), true);
            failure = failed;
            return failed;
        }

        boolean hasFailed() {
            return failure != null;
        }

        /**
         * There is nothing to wait for after the failure: Jetty would wait for more of the body.
         */
        @Override
        public void demand(Runnable demandCallback) {
            if (failure == null) {
                super.demand(demandCallback);
            } else {
                getContext().execute(demandCallback);
            }
        }
    }

    /** What a reader of the body gets; Jetty takes the status of its answer from it. */
    private static final class TooLarge extends IOException implements HttpException {
        private static final long serialVersionUID = 1L;

        TooLarge(String message) {
            super(message);
        }

        @Override
        public int getCode() {
            return BodyLimit.CONTENT_TOO_LARGE;
        }

        @Override
        public String getReason() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Jetty's servlets answer 400 to a form of several parts that cannot be read, and 500 to an
     * exception that the application has wrapped, whatever the cause.
     */
    private static final class Answer extends Response.Wrapper {
        private final Counting counting;

        Answer(Counting request, Response wrapped) {
            super(request, wrapped);
            this.counting = request;
        }

        @Override
        public void setStatus(int code) {
            boolean fromBody =
                    code == HttpStatus.BAD_REQUEST_400
                            || code == HttpStatus.INTERNAL_SERVER_ERROR_500;
            super.setStatus(fromBody && counting.hasFailed() ? BodyLimit.CONTENT_TOO_LARGE : code);
        }
    }
}
