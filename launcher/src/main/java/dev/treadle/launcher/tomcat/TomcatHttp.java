package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.host.BodyLimit;
import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.Proxies;
import dev.treadle.launcher.host.RequestSink;
import dev.treadle.launcher.host.StaticFiles;

import org.apache.catalina.Container;
import org.apache.catalina.Context;
import org.apache.catalina.Engine;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;

import java.util.List;

/** Sets Tomcat up as the options about HTTP say. */
final class TomcatHttp {
    private TomcatHttp() {}

    /**
     * Sets the connectors up, and what requests meet in front of the gate. To be called before
     * applications are added and workers installed.
     */
    static void prepare(Tomcat tomcat, List<Connector> connectors, HttpOptions http) {
        if (http.maxConnections() > 0) {
            String most = String.valueOf(http.maxConnections());
            connectors.forEach(connector -> connector.setProperty("maxConnections", most));
        }
        Proxies proxies = http.proxies();
        if (proxies != null) {
            tomcat.getEngine().getPipeline().addValve(new ForwardedValve(proxies));
        }
        BodyLimit limit = http.maxBody();
        if (limit != null) {
            // the limit of forms gives way to that of all bodies
            connectors.forEach(connector -> connector.setMaxPostSize(-1));
            if (limit.limits()) {
                limitBodies(tomcat.getHost(), limit);
            }
        }
        http.files().forEach(each -> serve(tomcat, each));
    }

    private static void serve(Tomcat tomcat, StaticFiles files) {
        Context context = tomcat.addContext(files.path(), files.directory().toString());
        Tomcat.addDefaultMimeTypeMappings(context);
        context.addWelcomeFile(StaticFiles.INDEX);
        // its defaults: no listing, nothing written, no link followed
        Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
    }

    /** Tomcat reports a new application before it starts it. */
    private static void limitBodies(Container host, BodyLimit limit) {
        host.addContainerListener(event -> {
            if (event.getType().equals(Container.ADD_CHILD_EVENT)
                    && event.getData() instanceof Context context) {
                context.getPipeline().addValve(new BodyLimitValve(limit));
            }
        });
    }

    /** Adds the valves that requests meet once they are admitted. */
    static void addBehindGate(Engine engine, HttpOptions http) {
        BodyLimit limit = http.maxBody();
        if (limit != null && limit.limits()) {
            engine.getPipeline().addValve(new BodyLimitValve.End());
        }
        RequestSink sink = http.sink();
        if (sink != null) {
            engine.getPipeline().addValve(new RequestLogValve(sink));
        }
    }
}
