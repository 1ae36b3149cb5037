package dev.treadle.bench.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The clients, in a JVM of their own, so that what they cost is not the server's, and they are warm
 * when it counts. Takes an order a line on standard input, answers each with one line, and ends
 * when standard input does.
 */
public final class ClientMain {
    private ClientMain() {}

    /**
     * Obeys until standard input ends.
     *
     * @param arguments {@code slow-party}: be the third party, which takes the order {@code plan};
     *     none: be the clients
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("slow-party")) {
            beSlowParty();
        }
        Hold hold = new Hold();
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        System.out.println("READY 0 " + ProcessHandle.current().pid());
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            Arguments given = new Arguments(words);
            String answer =
                    switch (words[0]) {
                        case "closed" -> new ClosedLoop(given).run();
                        case "open" -> new OpenLoop(given).run();
                        case "hold" -> hold.send(given);
                        case "crowd" -> new Crowd(given, System::nanoTime).run();
                        default -> throw new IllegalArgumentException("order: " + order);
                    };
            System.out.println("DONE " + answer);
        }
        hold.close();
        System.exit(0);
    }

    private static void beSlowParty() throws IOException {
        SlowParty party = new SlowParty();
        Thread.ofPlatform().daemon().name("orders").start(() -> obey(party));
        System.out.println("READY " + party.port() + " " + ProcessHandle.current().pid());
        party.serve();
    }

    private static void obey(SlowParty party) {
        try {
            BufferedReader orders =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                party.follow(LatencyPlan.parse(new Arguments(order.split(" ")).text("steps")));
                System.out.println("DONE plan");
            }
        } catch (IOException broken) {
            System.err.println("standard input: " + broken);
        }
        System.exit(0);
    }
}
