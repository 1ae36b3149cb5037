package dev.treadle.bench.server;

import dev.treadle.tomcat.TomcatWorkers;

import org.apache.catalina.LifecycleException;
import org.apache.catalina.Pipeline;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Embedded Tomcat with one servlet. */
final class TomcatHost implements Host {
    private final Tomcat tomcat = new Tomcat();

    @Override
    public int start(HostSetup setup) throws IOException, LifecycleException {
        Path base = Files.createTempDirectory("treadle-bench-tomcat");
        base.toFile().deleteOnExit();
        tomcat.setBaseDir(base.toString());
        Http11NioProtocol protocol = new Http11NioProtocol();
        equalForAll(protocol);
        Connector connector = new Connector(protocol);
        connector.setPort(0);
        connector.setProperty("address", HostSetup.ADDRESS);
        connector.setThrowOnFailure(true);
        tomcat.setConnector(connector);
        StandardContext context = (StandardContext) tomcat.addContext("", base.toString());
        // the JVM ends with it: nothing can leak, and the checks want more of the JDK opened
        context.setSkipMemoryLeakChecksOnJvmShutdown(true);
        Tomcat.addServlet(context, "work", new WorkServlet()).addMapping("/");
        run(setup, protocol);
        tomcat.start();
        if (!setup.gate()) {
            takeGateOut();
        }
        return connector.getLocalPort();
    }

    private void takeGateOut() {
        Pipeline pipeline = tomcat.getEngine().getPipeline();
        for (Valve valve : pipeline.getValves()) {
            if (valve.getClass().getName().equals("dev.treadle.tomcat.GateValve")) {
                pipeline.removeValve(valve);
                return;
            }
        }
        throw new IllegalStateException("Tomcat: no gate to be taken out");
    }

    private static void equalForAll(Http11NioProtocol protocol) {
        protocol.setAcceptCount(HostSetup.BACKLOG);
        protocol.setMaxConnections(HostSetup.MAX_CONNECTIONS);
        protocol.setMaxKeepAliveRequests(-1);
        protocol.setKeepAliveTimeout((int) HostSetup.IDLE.toMillis());
        protocol.setConnectionTimeout((int) HostSetup.IDLE.toMillis());
        // as many as there are requests at once: what Treadle's adapter sets for its own
        protocol.setProcessorCache(-1);
    }

    private void run(HostSetup setup, Http11NioProtocol protocol) {
        switch (setup.runner()) {
            case GEVENT, THREADS, VIRTUAL -> TomcatWorkers.install(tomcat, setup.requiredWorkers());
            case POOL -> protocol.setMaxThreads(setup.n());
            case OWN_VIRTUAL -> useVirtualThreads(protocol);
            default -> throw setup.unknownTo("Tomcat");
        }
    }

    /** As the attribute of a {@code Connector} in server.xml does; the protocol has no setter. */
    private static void useVirtualThreads(Http11NioProtocol protocol) {
        if (!protocol.setProperty("useVirtualThreads", "true")) {
            throw new IllegalStateException(
                    "Tomcat: does not know useVirtualThreads (expected: Tomcat 10.1 or 11)");
        }
    }

    @Override
    public void stop() throws LifecycleException {
        tomcat.stop();
        tomcat.destroy();
    }
}
