package dev.treadle.undertow;

import dev.treadle.gate.Permit;

import io.undertow.server.HttpHandler;
import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.handlers.ServletRequestContext;

import jakarta.servlet.ServletContext;

import java.time.Duration;

/**
 * Takes note of where deployments are ({@link ApplicationPaths}). Undertow finds it with the class
 * loader of a deployment and calls it when that is deployed. It also tells requests how long they
 * were in the queue.
 *
 * @since 0.2.0
 */
@SuppressWarnings("exports") // for Undertow, with servlets only
public final class DeploymentExtension implements ServletExtension {
    /** For Undertow. */
    public DeploymentExtension() {}

    @Override
    public void handleDeployment(DeploymentInfo deployment, ServletContext context) {
        ApplicationPaths.deployed(context, deployment.getContextPath());
        deployment.addInnerHandlerChainWrapper(DeploymentExtension::tellingQueueTime);
    }

    private static HttpHandler tellingQueueTime(HttpHandler application) {
        return exchange -> {
            AdmittedRequest admitted = AdmittedRequest.of(exchange);
            Duration queueTime = admitted == null ? Duration.ZERO : admitted.queueTime();
            if (!queueTime.isZero()) {
                exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY)
                        .getOriginalRequest()
                        .setAttribute(Permit.QUEUE_TIME_ATTRIBUTE, queueTime);
            }
            application.handleRequest(exchange);
        };
    }
}
