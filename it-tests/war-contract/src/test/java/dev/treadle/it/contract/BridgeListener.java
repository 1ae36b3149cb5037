package dev.treadle.it.contract;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

import java.util.function.Consumer;

/**
 * A class of the WAR, which hands its context to the test. It shares only the JDK and the servlet
 * API with the test: the class loader of a WAR hides everything else on some containers.
 */
public final class BridgeListener implements ServletContextListener {
    /** The name of the context parameter that has the key. */
    static final String PARAMETER = "treadle.contract";

    /** For the container. */
    public BridgeListener() {}

    /** Gives the context to the consumer that the system properties have under the key. */
    @Override
    @SuppressWarnings("unchecked")
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        String key = context.getInitParameter(PARAMETER);
        Object test = System.getProperties().get(key);
        if (test == null) {
            throw new IllegalStateException(key + " (expected: a system property of the test)");
        }
        ((Consumer<ServletContext>) test).accept(context);
    }
}
