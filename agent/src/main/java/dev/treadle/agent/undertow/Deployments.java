package dev.treadle.agent.undertow;

import dev.treadle.agent.core.AgentWorkers;
import dev.treadle.undertow.DeploymentExtension;
import dev.treadle.undertow.LaterRuns;

import io.undertow.servlet.api.DeploymentInfo;

import jakarta.servlet.ServletContext;

/**
 * Extends web applications as the adapter does where their class loader sees it. A class of its
 * own, because a server need not have servlets.
 */
final class Deployments {
    private Deployments() {}

    static void extend(Object deployment, Object context, String container) {
        DeploymentInfo info = (DeploymentInfo) deployment;
        ServletContext servlets = (ServletContext) context;
        // with an executor of their own requests would not run on the workers
        if (info.getExecutor() != null) {
            AgentWorkers.replaced(container, info.getExecutor().getClass());
            info.setExecutor(null);
        }
        if (info.getAsyncExecutor() != null) {
            AgentWorkers.replaced(container, info.getAsyncExecutor().getClass());
            info.setAsyncExecutor(null);
        }
        new LaterRuns().handleDeployment(info, servlets);
        new DeploymentExtension().handleDeployment(info, servlets);
    }
}
