package dev.treadle.launcher.tomcat;

import dev.treadle.Installation;
import dev.treadle.Workers;
import dev.treadle.launcher.host.ContainerHost;
import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.ReasonInLogException;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.sleeper.SleepServlet;
import dev.treadle.tomcat.TomcatWorkers;

import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Embedded Tomcat with JSP, annotations, web fragments and WebSocket. */
public final class TomcatHost implements ContainerHost {
    private final Tomcat tomcat = new Tomcat();
    private final Connector connector = new Connector();

    /** For the launcher. */
    public TomcatHost() {}

    @Override
    public Installation start(Site site, Workers workers)
            throws IOException, LifecycleException, ReasonInLogException {
        tomcat.setBaseDir(site.workDirectory().toString());
        tomcat.setConnector(connector(site));
        // else an application would find its container's classes through the launcher's class
        // loader, which has none
        tomcat.getEngine().setParentClassLoader(TomcatHost.class.getClassLoader());
        tomcat.enableNaming();
        Context context = context(site);
        Installation installation = TomcatWorkers.install(tomcat, workers);
        tomcat.start();
        if (!context.getState().isAvailable()) {
            throw new ReasonInLogException(
                    "the web application is in state " + context.getStateName());
        }
        return installation;
    }

    private Connector connector(Site site) {
        connector.setPort(site.address().port());
        String host = site.address().host();
        if (host != null) {
            connector.setProperty("address", host);
        }
        // else a port in use is only logged, and the server runs on without it
        connector.setThrowOnFailure(true);
        return connector;
    }

    private Context context(Site site) throws IOException {
        return switch (site.content()) {
            case Content.War war -> warContext(war, site.workDirectory());
            case Content.Sleep sleep -> sleepContext(sleep, site.workDirectory());
        };
    }

    private Context warContext(Content.War war, Path workDirectory) throws IOException {
        // Tomcat unpacks the WAR there
        Path applications = Files.createDirectory(workDirectory.resolve("webapps"));
        tomcat.getHost().setAppBase(applications.toString());
        String path = war.contextPath().equals("/") ? "" : war.contextPath();
        StandardContext context = (StandardContext) tomcat.addWebapp(path, war.file().toString());
        context.setFailCtxIfServletStartFails(true);
        // the JVM ends with the application: nothing can leak, and the checks want more of the JDK
        // opened
        context.setSkipMemoryLeakChecksOnJvmShutdown(true);
        // the jars of the launcher are not the application's
        ((StandardJarScanner) context.getJarScanner()).setScanClassPath(false);
        return context;
    }

    private Context sleepContext(Content.Sleep sleep, Path workDirectory) {
        Context context = tomcat.addContext("", workDirectory.toString());
        Tomcat.addServlet(context, "sleep", new SleepServlet(sleep.duration())).addMapping("/");
        return context;
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void stop() throws LifecycleException {
        if (tomcat.getServer().getState().isAvailable()) {
            tomcat.stop();
        }
        tomcat.destroy();
    }
}
