package dev.treadle.bench.client;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.treadle.launcher.load.ClosedLoop;
import dev.treadle.launcher.load.LoadResult;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The clients, in a JVM of their own, so that what they cost is not the server's, and they are warm
 * when it counts. Takes an order a line on standard input, a word and JSON, answers each with one
 * line, and ends when standard input does.
 */
public final class ClientMain {
    /** Without a sign of the server for that long, the rest of the requests has failed. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Hold HOLD = new Hold();

    private ClientMain() {}

    /** An order that is taken. */
    @FunctionalInterface
    private interface Orders {
        Object obey(String word, String json) throws IOException;
    }

    /**
     * Obeys until standard input ends.
     *
     * @param arguments {@code slow-party}: be the third party, which takes the order {@code plan};
     *     none: be the clients
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0) {
            SlowParty party = new SlowParty();
            Thread.ofPlatform().daemon().name("party").start(() -> serve(party));
            obey(
                    party.port(),
                    (word, json) -> {
                        party.follow(JSON.std.listOfFrom(Phase.class, json));
                        return word;
                    });
        }
        obey(0, ClientMain::obey);
        HOLD.close();
        System.exit(0);
    }

    private static void obey(int port, Orders orders) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("READY " + port + " " + ProcessHandle.current().pid());
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] parts = line.split(" ", 2);
            System.out.println("DONE " + JSON.std.asString(orders.obey(parts[0], parts[1])));
        }
    }

    private static Object obey(String order, String json) throws IOException {
        return switch (order) {
            case "closed" -> closedLoop(JSON.std.beanFrom(ClosedLoad.class, json));
            case "hold" -> HOLD.send(JSON.std.beanFrom(ClosedLoad.class, json));
            case "crowds" -> crowds(JSON.std.listOfFrom(CrowdLoad.class, json));
            default -> throw new IllegalArgumentException("order: " + order);
        };
    }

    private static LoadResult closedLoop(ClosedLoad load) throws IOException {
        ClosedLoop loop =
                new ClosedLoop(Requests.server(load.port()), load.path(), PATIENCE)
                        .from(Requests::source);
        if (load.connectFirst()) {
            loop.connectingFirst();
        }
        return loop.run(load.connections(), load.requests());
    }

    /** Sends all crowds at once, each on a thread of its own. */
    private static List<CrowdResult> crowds(List<CrowdLoad> loads) {
        List<CompletableFuture<CrowdResult>> running =
                loads.stream()
                        .map(load ->
                                CompletableFuture.supplyAsync(
                                        () -> crowd(load), task -> new Thread(task).start()))
                        .toList();
        return running.stream().map(CompletableFuture::join).toList();
    }

    private static CrowdResult crowd(CrowdLoad load) {
        try {
            return new Crowd(load, System::nanoTime).run();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void serve(SlowParty party) {
        try {
            party.serve();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
