package dev.treadle.jetty;

import dev.treadle.gate.Permit;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;

import java.util.function.Consumer;

/**
 * An admitted request, as the handlers get it. It knows whether the application waits for more of
 * the body, and tells the permit of the threads that call the application back.
 */
final class GatedRequest extends Request.Wrapper {
    private final Permit permit;

    /** The application has demanded content, and none has come. Written by one thread at a time. */
    private volatile boolean waits;

    GatedRequest(Request request, Permit permit) {
        super(request);
        this.permit = permit;
    }

    Permit permit() {
        return permit;
    }

    boolean waitsForContent() {
        return waits;
    }

    @Override
    public void demand(Runnable callback) {
        boolean demanded = false;
        waits = true; // first: the callback may run before this returns
        try {
            super.demand(new Demand(callback));
            demanded = true;
        } finally {
            if (!demanded) {
                waits = false;
            }
        }
    }

    @Override
    public void addFailureListener(Consumer<Throwable> onFailure) {
        super.addFailureListener(
                failure -> RequestRun.run(permit, () -> onFailure.accept(failure)));
    }

    private final class Demand implements Invocable.Task {
        private final Runnable callback;

        private Demand(Runnable callback) {
            this.callback = callback;
        }

        @Override
        public void run() {
            waits = false;
            if (getInvocationType() == InvocationType.BLOCKING) {
                RequestRun.run(permit, callback);
            } else {
                RequestRun.tell(permit, callback);
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return Invocable.getInvocationType(callback);
        }
    }
}
