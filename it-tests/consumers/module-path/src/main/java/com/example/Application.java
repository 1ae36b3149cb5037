package com.example;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.tomcat.TomcatWorkers;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

import java.io.IOException;
import java.nio.file.Path;

/** A server of one servlet that tells which thread runs it. */
final class Application implements AutoCloseable {
    private final Workers workers = Workers.open(WorkerSettings.gevent(500));
    private final Tomcat tomcat = new Tomcat();

    Application(Path directory) throws LifecycleException {
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        tomcat.getConnector();
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "thread", new ThreadServlet());
        context.addServletMappingDecoded("/thread", "thread");
        TomcatWorkers.install(tomcat, workers);
        tomcat.start();
    }

    int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() throws LifecycleException {
        tomcat.stop();
        workers.close();
        tomcat.destroy();
    }

    private static final class ThreadServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter().print(Thread.currentThread().getName());
        }
    }
}
