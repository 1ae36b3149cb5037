package dev.treadle.launcher.jetty;

import dev.treadle.launcher.provision.JndiObjects;

import org.eclipse.jetty.plus.jndi.EnvEntry;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.component.LifeCycle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.naming.NamingException;

/** The entries of {@code --jndi} for one application of Jetty, which binds them when it starts. */
final class JettyJndi {
    private JettyJndi() {}

    static void add(ContextHandler application, JndiObjects objects) throws NamingException {
        List<EnvEntry> entries = new ArrayList<>();
        for (Map.Entry<String, Object> entry : objects.byName().entrySet()) {
            entries.add(new EnvEntry(application, entry.getKey(), entry.getValue(), true));
        }
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
}
