package dev.treadle.launcher.jetty;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.jetty.JettyWorkers;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.sleeper.SleepServlet;

import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.jul.JULServiceProvider;

/** Embedded Jetty, its EE 11 environment, with JSP, annotations, web fragments and WebSocket. */
public final class JettyHost implements ContainerHost {
    private @Nullable Server server;
    private @Nullable ServerConnector connector;

    /** For the launcher. */
    public JettyHost() {}

    @Override
    public Installation start(Site site, Workers workers) throws Exception {
        Server made = new Server(JettyWorkers.threadPool(workers));
        server = made;
        ServerConnector http = new ServerConnector(made);
        connector = http;
        http.setHost(site.address().host());
        http.setPort(site.address().port());
        made.addConnector(http);
        made.setHandler(handler(site));
        // an application with a login must start here as it does on Tomcat, where nobody can log in
        // either until there are
        // users; without any login service Jetty refuses it
        HashLoginService nobody = new HashLoginService("treadle");
        nobody.setUserStore(new UserStore());
        made.addBean(nobody);
        Installation installation = JettyWorkers.install(made, workers);
        // before the application starts, as Tomcat does: a port in use is found before the
        // application has done anything
        http.open();
        made.start();
        return installation;
    }

    private static ServletContextHandler handler(Site site) {
        return switch (site.content()) {
            case Content.War war -> warHandler(war, site);
            case Content.Sleep sleep -> {
                ServletContextHandler context = new ServletContextHandler();
                context.addServlet(new ServletHolder(new SleepServlet(sleep.duration())), "/");
                yield context;
            }
        };
    }

    private static WebAppContext warHandler(Content.War war, Site site) {
        WebAppContext context = new WebAppContext();
        context.setWar(war.file().toString());
        context.setContextPath(war.contextPath());
        context.setTempDirectory(site.workDirectory().resolve("jetty").toFile());
        // else an application with an SLF4J of its own finds ours first, and fails to log
        context.getHiddenClassMatcher()
                .add(jar(LoggerFactory.class), jar(JULServiceProvider.class));
        // else Jetty serves 503 for an application that failed to start
        context.setThrowUnavailableOnStartupException(true);
        return context;
    }

    private static String jar(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().toString();
    }

    @Override
    public int port() {
        return connector == null ? -1 : connector.getLocalPort();
    }

    @Override
    public void stop() throws Exception {
        if (server == null) {
            return;
        }
        try {
            server.stop();
        } finally {
            // opened before the start, so not closed by the stop of a server that never started
            if (connector != null) {
                connector.close();
            }
            server.destroy();
        }
    }
}
