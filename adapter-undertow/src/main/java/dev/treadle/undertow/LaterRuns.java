package dev.treadle.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.ThreadSetupHandler;

import jakarta.servlet.ServletContext;

import org.jspecify.annotations.Nullable;

/**
 * Sees the runs of a servlet application that Undertow starts for a request after the first:
 * asynchronous dispatches, {@code AsyncContext.start}, asynchronous listeners. They bypass the root
 * handler, but go through the thread setup actions of their deployment; an interrupt of the request
 * has to find their threads too.
 *
 * <p>Undertow finds this by {@link java.util.ServiceLoader} for each deployment. It does nothing
 * for a request that did not come through a gate.
 *
 * @since 0.2.0
 */
@SuppressWarnings("exports") // for Undertow, with servlets only
public final class LaterRuns implements ServletExtension {
    /** For {@link java.util.ServiceLoader}. */
    public LaterRuns() {}

    @Override
    public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
        deployment.addThreadSetupAction(new KnownToThePermit());
        deployment.addInnerHandlerChainWrapper(CompiledPages::answeredInstead);
        deployment.setExceptionHandler(new InterruptedFailures(deployment.getExceptionHandler()));
    }

    private static final class KnownToThePermit implements ThreadSetupHandler {
        @Override
        public <T, C> Action<T, C> create(Action<T, C> action) {
            return (exchange, context) -> call(action, exchange, context);
        }

        private static <T, C> T call(
                Action<T, C> action, @Nullable HttpServerExchange exchange, C context)
                throws Exception {
            AdmittedRequest request = AdmittedRequest.of(exchange);
            return request == null
                    ? action.call(exchange, context)
                    : request.runMore(() -> action.call(exchange, context));
        }
    }
}
