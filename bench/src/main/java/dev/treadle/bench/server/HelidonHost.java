package dev.treadle.bench.server;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;

import org.jspecify.annotations.Nullable;

/** Helidon SE: no servlets, a virtual thread for each connection. */
final class HelidonHost implements Host {
    private @Nullable WebServer server;

    @Override
    public int start(HostSetup setup) {
        if (setup.runner() != Runner.OWN_VIRTUAL) {
            throw setup.unknownTo("Helidon");
        }
        Handler handler = handler(new Work());
        WebServer made =
                WebServer.builder()
                        .host(HostSetup.ADDRESS)
                        .port(0)
                        .backlog(HostSetup.BACKLOG)
                        .idleConnectionTimeout(HostSetup.IDLE)
                        .shutdownHook(false)
                        .routing(routing -> routing.get("/*", handler))
                        .build();
        server = made;
        made.start();
        return made.port();
    }

    private static Handler handler(Work work) {
        return (request, response) -> {
            byte[] body =
                    work.answer(
                            request.path().path(),
                            name -> request.query().first(name).orElse(null));
            if (body == null) {
                response.status(Status.NOT_FOUND_404).send();
                return;
            }
            response.header(HeaderNames.CONTENT_TYPE, "text/plain").send(body);
        };
    }

    @Override
    public void stop() {
        if (server != null) {
            server.stop();
        }
    }
}
