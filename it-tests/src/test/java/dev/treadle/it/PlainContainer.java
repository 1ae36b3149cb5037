package dev.treadle.it;

import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tomcat or Jetty with a WAR at {@code /shop}, as people have them who know nothing of Treadle: run
 * in a process of its own, whose class path has the container, and nothing of Treadle's.
 */
final class PlainContainer {
    private PlainContainer() {}

    /**
     * Starts it.
     *
     * @param arguments the container, the WAR, and an empty directory
     */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[2]);
        Files.createDirectories(directory.resolve("webapps"));
        switch (arguments[0]) {
            case "tomcat" -> PlainTomcat.run(arguments[1], directory);
            case "jetty" -> PlainJetty.run(arguments[1], directory);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void say(int port) {
        System.out.println("plain container on port " + port);
    }

    /** A class of its own: where Jetty runs there is no Tomcat. */
    private static final class PlainTomcat {
        private PlainTomcat() {}

        static void run(String war, Path directory) throws LifecycleException {
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(directory.toString());
            tomcat.setPort(0);
            tomcat.getConnector();
            tomcat.enableNaming();
            tomcat.getHost().setAppBase(directory.resolve("webapps").toString());
            tomcat.getEngine().setParentClassLoader(PlainContainer.class.getClassLoader());
            StandardContext context = (StandardContext) tomcat.addWebapp("/shop", war);
            context.setFailCtxIfServletStartFails(true);
            ((StandardJarScanner) context.getJarScanner()).setScanClassPath(false);
            tomcat.start();
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> {
                                try {
                                    tomcat.stop();
                                } catch (LifecycleException failed) {
                                    throw new IllegalStateException(failed);
                                }
                            }));
            say(tomcat.getConnector().getLocalPort());
            tomcat.getServer().await();
        }
    }

    /** A class of its own: where Tomcat runs there is no Jetty. */
    private static final class PlainJetty {
        private PlainJetty() {}

        static void run(String war, Path directory) throws Exception {
            Server server = new Server();
            ServerConnector connector = new ServerConnector(server);
            server.addConnector(connector);
            WebAppContext context = new WebAppContext();
            context.setWar(war);
            context.setContextPath("/shop");
            context.setTempDirectory(directory.resolve("jetty").toFile());
            context.getHiddenClassMatcher().add("org.slf4j.");
            context.setThrowUnavailableOnStartupException(true);
            server.setHandler(context);
            server.setStopAtShutdown(true);
            server.start();
            say(connector.getLocalPort());
            server.join();
        }
    }
}
