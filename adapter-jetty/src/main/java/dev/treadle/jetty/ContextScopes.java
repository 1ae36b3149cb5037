package dev.treadle.jetty;

import org.eclipse.jetty.server.Context;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.component.Container;
import org.jspecify.annotations.Nullable;

/**
 * Observes each run of code in the scope of a context, in all contexts of the server, also of those
 * that it gets while it runs. Threads that run for a request without having been handed over by one
 * of its threads become known by this: those of an asynchronous dispatch, for example.
 */
final class ContextScopes
        implements Container.InheritedListener, ContextHandler.ContextScopeListener {
    @Override
    public void beanAdded(Container parent, Object child) {
        if (child instanceof ContextHandler context
                && !context.getEventListeners().contains(this)) {
            context.addEventListener(this);
        }
    }

    @Override
    public void beanRemoved(Container parent, Object child) {
        if (child instanceof ContextHandler context) {
            context.removeEventListener(this);
        }
    }

    @Override
    public void enterScope(Context context, @Nullable Request request) {
        GatedRequest gated = gated(request);
        if (gated != null) {
            RequestRun.enterScope(gated.permit());
        }
    }

    @Override
    public void exitScope(Context context, @Nullable Request request) {
        GatedRequest gated = gated(request);
        if (gated != null) {
            RequestRun.exitScope(gated.permit());
        }
    }

    private static @Nullable GatedRequest gated(@Nullable Request request) {
        return request == null ? null : Request.as(request, GatedRequest.class);
    }
}
