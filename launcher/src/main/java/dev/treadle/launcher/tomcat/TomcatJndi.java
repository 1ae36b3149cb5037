package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.provision.JndiObjects;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;

import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.core.NamingContextListener;
import org.apache.catalina.core.StandardContext;
import org.apache.naming.ContextAccessController;
import org.jspecify.annotations.Nullable;

import java.util.Set;

import javax.naming.NamingException;

/**
 * The entries of {@code --jndi} for one application of Tomcat. They are bound when those of the
 * descriptor are, and before the first class of the application runs.
 */
final class TomcatJndi implements ServletContainerInitializer, LifecycleListener {
    private final StandardContext context;
    private final JndiObjects objects;

    private TomcatJndi(StandardContext context, JndiObjects objects) {
        this.context = context;
        this.objects = objects;
    }

    static void add(StandardContext context, JndiObjects objects) {
        TomcatJndi jndi = new TomcatJndi(context, objects);
        context.addServletContainerInitializer(jndi, null);
        context.addLifecycleListener(jndi);
    }

    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext servletContext)
            throws ServletException {
        NamingContextListener naming = context.getNamingContextListener();
        ContextAccessController.setWritable(naming.getName(), context.getNamingToken());
        try {
            objects.bindTo(naming.getEnvContext());
        } catch (NamingException refused) {
            throw new ServletException("the entries of --jndi cannot be bound", refused);
        } finally {
            ContextAccessController.setReadOnly(naming.getName());
        }
        objects.open(servletContext.getClassLoader());
    }

    @Override
    public void lifecycleEvent(LifecycleEvent event) {
        if (event.getType().equals(Lifecycle.AFTER_STOP_EVENT)) {
            objects.close();
        }
    }
}
