package dev.treadle.it.agent.program;

import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

import java.nio.file.Path;

/** Tomcat as an application embeds it. */
final class EmbeddedTomcat implements EmbeddedServer {
    private final Tomcat tomcat = new Tomcat();
    private final Context context;
    private final Path directory;

    EmbeddedTomcat(Path directory) {
        this.directory = directory;
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        context = tomcat.addContext("", directory.toString());
    }

    @Override
    public int start() throws Exception {
        // a context that has stopped has lost them
        Tomcat.addServlet(context, "pages", new Pages(directory)).setAsyncSupported(true);
        context.addServletMappingDecoded("/*", "pages");
        tomcat.start();
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void stop() throws Exception {
        tomcat.stop();
    }
}
