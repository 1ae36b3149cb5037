package dev.treadle.launcher.undertow;

import dev.treadle.launcher.host.Application;
import dev.treadle.launcher.host.ApplicationFailedException;
import dev.treadle.launcher.host.FormerVersion;
import dev.treadle.launcher.host.WarVersion;
import dev.treadle.undertow.war.UndertowWar;

import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.PathHandler;

import jakarta.servlet.ServletException;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The web applications of one Undertow. A request goes to the current version of its application,
 * and is counted there until it is complete.
 */
final class UndertowApplications {
    /** Deploys a version. */
    @FunctionalInterface
    interface Deployer {
        UndertowWar deploy(WarVersion version) throws Exception;
    }

    private final Deployer deployer;

    // written by start
    private final Map<String, Application<UndertowWar>> byPath = new HashMap<>();

    // current ones and former ones
    private final List<UndertowWar> running = new CopyOnWriteArrayList<>();

    UndertowApplications(Deployer deployer) {
        this.deployer = deployer;
    }

    /**
     * Starts the applications, one after another.
     *
     * @return the handler of all requests
     * @throws ApplicationFailedException if one does not start; {@link #stop} stops the others
     */
    HttpHandler start(List<WarVersion> versions) throws ApplicationFailedException {
        PathHandler paths = new PathHandler();
        for (WarVersion version : versions) {
            Application<UndertowWar> application = new Application<>(deploy(version));
            String path = version.war().contextPath();
            byPath.put(path, application);
            paths.addPrefixPath(path, exchange -> serve(application.enter(), exchange));
        }
        return paths;
    }

    private UndertowWar deploy(WarVersion version) throws ApplicationFailedException {
        try {
            UndertowWar deployed = deployer.deploy(version);
            running.add(deployed);
            return deployed;
        } catch (Exception | LinkageError failed) {
            throw new ApplicationFailedException(version.war(), failed);
        }
    }

    private static void serve(Application.Running<UndertowWar> version, HttpServerExchange exchange)
            throws Exception {
        Inside inside = new Inside(version);
        try {
            inside.leaveWith(exchange);
            version.version().handler().handleRequest(exchange);
        } finally {
            inside.endOne();
        }
    }

    /**
     * A request inside a version. An exchange may be complete before the application's code has
     * returned, or long after it. So the request leaves with the later of the two.
     */
    private static final class Inside implements ExchangeCompletionListener {
        private final Application.Running<UndertowWar> version;
        private final AtomicInteger open = new AtomicInteger(2);

        Inside(Application.Running<UndertowWar> version) {
            this.version = version;
        }

        void leaveWith(HttpServerExchange exchange) {
            boolean added = false;
            try {
                exchange.addExchangeCompleteListener(this);
                added = true;
            } finally {
                if (!added) {
                    endOne(); // it is complete already, for its client has left
                }
            }
        }

        @Override
        public void exchangeEvent(HttpServerExchange exchange, NextListener next) {
            endOne();
            next.proceed();
        }

        void endOne() {
            if (open.decrementAndGet() == 0) {
                version.leave();
            }
        }
    }

    /**
     * Starts a version, and passes all further requests to it.
     *
     * @throws ApplicationFailedException if it does not start
     */
    FormerVersion replace(WarVersion next) throws ApplicationFailedException {
        Application<UndertowWar> application = byPath.get(next.war().contextPath());
        if (application == null) {
            throw new IllegalStateException("no application at " + next.war().contextPath());
        }
        return new Former(application.switchTo(deploy(next)));
    }

    /**
     * Stops all versions, also if one of them does not stop in order.
     *
     * @throws Exception the first that one of them has thrown
     */
    void stop() throws Exception {
        Exception first = null;
        for (UndertowWar war : running) {
            try {
                stop(war);
            } catch (ServletException | IOException | RuntimeException failed) {
                if (first == null) {
                    first = failed;
                } else {
                    first.addSuppressed(failed);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void stop(UndertowWar war) throws ServletException, IOException {
        running.remove(war);
        war.close();
    }

    /** A deployment that gets no requests any more. */
    private final class Former implements FormerVersion {
        private final Application.Running<UndertowWar> former;

        Former(Application.Running<UndertowWar> former) {
            this.former = former;
        }

        @Override
        public long awaitNobodyInside(Duration grace) throws InterruptedException {
            return former.awaitNobodyInside(grace);
        }

        @Override
        public void stop() throws ServletException, IOException {
            UndertowApplications.this.stop(former.version());
        }
    }
}
