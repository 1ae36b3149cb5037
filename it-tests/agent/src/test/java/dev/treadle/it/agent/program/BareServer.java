package dev.treadle.it.agent.program;

import java.nio.file.Path;

/**
 * A server without servlets, of a version that the other programs are not compiled for. It starts,
 * and the program ends.
 */
public final class BareServer {
    private BareServer() {}

    /** Starts it: {@code tomcat} or {@code jetty}, and a directory. */
    public static void main(String[] arguments) throws Exception {
        System.out.println("main runs");
        if (arguments[0].equals("tomcat")) {
            Bare.tomcat(Path.of(arguments[1]));
        } else {
            Bare.jetty();
        }
        System.out.println("started");
        System.exit(0);
    }

    /** A class of its own, which is loaded after the main method has printed its line. */
    private static final class Bare {
        static void tomcat(Path directory) throws Exception {
            var tomcat = new org.apache.catalina.startup.Tomcat();
            tomcat.setBaseDir(directory.toString());
            tomcat.setPort(0);
            tomcat.getConnector();
            tomcat.start();
        }

        static void jetty() throws Exception {
            new org.eclipse.jetty.server.Server(0).start();
        }
    }
}
