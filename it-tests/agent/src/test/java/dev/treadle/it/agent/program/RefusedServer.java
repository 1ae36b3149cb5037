package dev.treadle.it.agent.program;

import io.undertow.Undertow;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.ExecutorThreadPool;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;

/** A server that cannot have workers. It starts and stops, and the program ends. */
public final class RefusedServer {
    private RefusedServer() {}

    /** Starts it: {@code jetty} or {@code undertow}. */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("jetty")) {
            OfJetty.startAndStop();
        } else {
            OfUndertow.startAndStop();
        }
        System.out.println("stopped");
        System.exit(0);
    }

    /** With a thread pool that is none of Jetty's usual ones. */
    private static final class OfJetty {
        static void startAndStop() throws Exception {
            Server server = new Server(new ExecutorThreadPool());
            server.addConnector(new ServerConnector(server));
            server.start();
            server.stop();
        }
    }

    /** With an XNIO worker of the program's. */
    private static final class OfUndertow {
        private static final OptionMap DAEMONS = OptionMap.create(Options.THREAD_DAEMON, true);

        static void startAndStop() throws Exception {
            Undertow undertow =
                    Undertow.builder()
                            .addHttpListener(0, "127.0.0.1")
                            .setWorker(Xnio.getInstance().createWorker(DAEMONS))
                            .setHandler(exchange -> exchange.endExchange())
                            .build();
            undertow.start();
            undertow.stop();
        }
    }
}
