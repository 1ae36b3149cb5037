package dev.treadle.it.boot;

import org.springframework.scheduling.annotation.Async;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Work that runs besides the requests. */
@Service
public class Background {
    private static final long BETWEEN_MILLIS = 10;

    /** Made by Spring. */
    public Background() {}

    private static void later(long ms, Runnable action) {
        CompletableFuture.delayedExecutor(ms, TimeUnit.MILLISECONDS).execute(action);
    }

    /** Returns who the caller's security context says it is. */
    public String principal() {
        return SecurityContextHolder.getContext().getAuthentication().getName();
    }

    void complete(DeferredResult<String> result, long ms) {
        later(ms, () -> result.setResult("done"));
    }

    void send(SseEmitter emitter, int count) {
        later(BETWEEN_MILLIS, () -> sendNext(emitter, 0, count));
    }

    private void sendNext(SseEmitter emitter, int index, int count) {
        try {
            if (index == count) {
                emitter.complete();
                return;
            }
            emitter.send(SseEmitter.event().id(String.valueOf(index)).data("event " + index));
            later(BETWEEN_MILLIS, () -> sendNext(emitter, index + 1, count));
        } catch (IOException gone) {
            emitter.completeWithError(gone);
        }
    }

    /** Returns on which thread an asynchronous method runs. */
    @Async
    public Future<String> threadName() {
        return CompletableFuture.completedFuture(Thread.currentThread().getName());
    }
}
