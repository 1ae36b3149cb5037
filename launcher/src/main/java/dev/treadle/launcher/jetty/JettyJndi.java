package dev.treadle.launcher.jetty;

import dev.treadle.launcher.provision.JndiObjects;

import org.eclipse.jetty.plus.jndi.EnvEntry;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.component.LifeCycle;

import java.util.List;

import javax.naming.NamingException;

/** The entries of {@code --jndi} for one application of Jetty, which binds them when it starts. */
final class JettyJndi {
    private JettyJndi() {}

    static void add(ContextHandler application, JndiObjects objects) {
        List<EnvEntry> entries =
                objects.byName().entrySet().stream()
                        .map(entry -> entry(application, entry.getKey(), entry.getValue()))
                        .toList();
        application.addEventListener(
                new LifeCycle.Listener() {
                    @Override
                    public void lifeCycleStopped(LifeCycle stopped) {
                        entries.forEach(EnvEntry::release);
                        objects.close();
                    }

                    @Override
                    public void lifeCycleFailure(LifeCycle failed, Throwable cause) {
                        objects.close();
                    }
                });
    }

    private static EnvEntry entry(ContextHandler application, String name, Object value) {
        try {
            return new EnvEntry(application, name, value, true);
        } catch (NamingException failed) {
            throw new IllegalStateException("--jndi: " + name + " cannot be bound", failed);
        }
    }
}
