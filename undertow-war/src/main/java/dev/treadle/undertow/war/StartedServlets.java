package dev.treadle.undertow.war;

import io.undertow.servlet.api.Deployment;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.api.LifecycleInterceptor;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.core.ManagedServlet;

import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sees that the servlets with load-on-startup start: if one throws a ServletException, Undertow
 * only logs it, and serves the application without it.
 */
final class StartedServlets implements LifecycleInterceptor {
    private final Map<String, Throwable> failures = new ConcurrentHashMap<>();
    private final Injection injection;

    StartedServlets(Injection injection) {
        this.injection = injection;
    }

    @Override
    public void init(ServletInfo info, Servlet servlet, LifecycleContext next)
            throws ServletException {
        try {
            next.proceed();
        } catch (ServletException failed) {
            failures.put(info.getName(), failed);
            throw failed;
        }
    }

    @Override
    public void init(FilterInfo info, Filter filter, LifecycleContext next)
            throws ServletException {
        next.proceed();
    }

    @Override
    public void destroy(ServletInfo info, Servlet servlet, LifecycleContext next)
            throws ServletException {
        next.proceed();
    }

    @Override
    public void destroy(FilterInfo info, Filter filter, LifecycleContext next)
            throws ServletException {
        next.proceed();
    }

    /**
     * Looks at all of them, after the start.
     *
     * @throws ServletException if one has not started
     */
    void require(Deployment deployment) throws ServletException {
        for (ServletInfo info : deployment.getDeploymentInfo().getServlets().values()) {
            Integer load = info.getLoadOnStartup();
            ManagedServlet servlet = deployment.getServlets().getManagedServlet(info.getName());
            if (load != null && load >= 0 && servlet != null && !servlet.isStarted()) {
                throw new ServletException(
                        "servlet " + info.getName() + " did not start", cause(info));
            }
        }
    }

    private @Nullable Throwable cause(ServletInfo info) {
        Throwable failure = failures.get(info.getName());
        return failure == null ? injection.lastFailure() : failure;
    }
}
