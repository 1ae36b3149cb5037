package dev.treadle.launcher.jetty;

import dev.treadle.launcher.host.BodyLimit;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.launcher.provision.JndiObjects;
import dev.treadle.launcher.provision.Provisions;
import dev.treadle.launcher.sleeper.PageDefaults;
import dev.treadle.launcher.sleeper.PoolOpener;
import dev.treadle.launcher.sleeper.SleepServlet;

import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.security.SecurityHandler;
import org.eclipse.jetty.server.handler.ContextHandler;

/** Jetty's environment for Jakarta EE 11. */
public final class JettyEe11Host extends JettyHost {
    /** For the launcher. */
    public JettyEe11Host() {}

    @Override
    ContextHandler war(WarVersion version, Site site) {
        Provisions provisions = site.provisions();
        WebAppContext context = new WebAppContext();
        context.setWar(version.source().toString());
        context.setContextPath(version.war().contextPath());
        context.setTempDirectory(version.directory().resolve("jetty").toFile());
        context.addConfiguration(new Ee11FragmentCheck());
        context.getHiddenClassMatcher().add(hiddenJars());
        BodyLimit limit = site.http().maxBody();
        if (limit != null) {
            // the limit of forms gives way to that of all bodies
            context.setMaxFormContentSize(limit.asInt());
        }
        context.setParentLoaderPriority(provisions.parentFirst());
        SecurityHandler security = context.getSecurityHandler();
        security.setLoginService(new UsersLoginService(security, provisions.users()));
        JndiObjects objects = provisions.jndi().objects();
        JettyJndi.add(context, objects);
        context.addServletContainerInitializer(new PoolOpener(objects));
        context.addServletContainerInitializer(new PageDefaults());
        // else Jetty serves 503 for an application that failed to start
        context.setThrowUnavailableOnStartupException(true);
        return context;
    }

    @Override
    ContextHandler sleep(Content.Sleep sleep) {
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new SleepServlet(sleep.duration())), "/");
        return context;
    }
}
