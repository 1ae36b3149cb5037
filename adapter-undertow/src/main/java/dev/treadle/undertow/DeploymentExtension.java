package dev.treadle.undertow;

import io.undertow.servlet.ServletExtension;
import io.undertow.servlet.api.DeploymentInfo;

import jakarta.servlet.ServletContext;

/**
 * Takes note of where deployments are ({@link ApplicationPaths}). Undertow finds it with the class
 * loader of a deployment and calls it when that is deployed. It changes nothing there.
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
    }
}
