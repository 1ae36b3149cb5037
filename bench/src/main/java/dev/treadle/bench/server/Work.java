package dev.treadle.bench.server;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * The application of all benchmark servers: plain blocking code that knows nothing of what runs it.
 *
 * <ul>
 *   <li>{@code /fast} answers at once
 *   <li>{@code /sleep?ms=M} sleeps
 *   <li>{@code /upstream?port=P&ms=M} asks a third party over a socket, which takes M ms
 *   <li>{@code /proxy?port=P&ms=M} asks a third party over HTTP, and answers what it answers
 *   <li>{@code /jdbc} reads a row from PostgreSQL
 *   <li>{@code /hog?ms=M} computes for M ms without a blocking point
 *   <li>{@code /freeze?id=I&ms=M} uses the class of that number, whose initialiser takes M ms
 *   <li>{@code /carrier} answers with the thread that carries it, as the JDK shows a virtual
 *       thread: {@code VirtualThread[#29]/runnable@carrier}
 * </ul>
 */
public final class Work {
    /** The answer of {@code /fast}. */
    public static final String HELLO_TEXT = "Hello, World!";

    private static final byte[] HELLO = HELLO_TEXT.getBytes(StandardCharsets.US_ASCII);

    /** The answer of what only waits or computes. */
    public static final String DONE_TEXT = "done, and well";

    private static final byte[] DONE = DONE_TEXT.getBytes(StandardCharsets.US_ASCII);

    // counted in /sleep only: nothing is shared by the requests of /fast
    private static final AtomicInteger SLEEPING = new AtomicInteger();

    private final UpstreamPool upstream = new UpstreamPool();
    // made at the first request that needs them: most benchmarks have no such request
    private final Once<HttpParty> party = new Once<>(HttpParty::new);
    private final Once<Customers> customers = new Once<>(Customers::new);

    /** One for each server. */
    public Work() {}

    /** Returns how many requests of this JVM sleep now. */
    static int sleeping() {
        return SLEEPING.get();
    }

    /**
     * Does what {@code path} asks for.
     *
     * @param parameters value by name; null where there is none
     * @return the body of the answer, or null if there is no such path
     */
    public byte @Nullable [] answer(String path, UnaryOperator<@Nullable String> parameters)
            throws IOException {
        return switch (path) {
            case "/fast" -> HELLO;
            case "/sleep" -> {
                sleep(number(parameters, "ms"));
                yield DONE;
            }
            case "/upstream" -> {
                upstream.ask(number(parameters, "port"), number(parameters, "ms"));
                yield DONE;
            }
            case "/proxy" -> party.get().ask(number(parameters, "port"), number(parameters, "ms"));
            case "/jdbc" -> customers.get().name();
            case "/freeze" -> {
                Freeze.touch(number(parameters, "id"), number(parameters, "ms"));
                yield DONE;
            }
            case "/hog" -> {
                compute(number(parameters, "ms"));
                yield DONE;
            }
            case "/carrier" -> {
                String thread = Thread.currentThread().toString();
                yield thread.substring(thread.indexOf('@') + 1).getBytes(StandardCharsets.UTF_8);
            }
            default -> null;
        };
    }

    /** Returns a number among the parameters. */
    public static int number(UnaryOperator<@Nullable String> parameters, String name) {
        String text = parameters.apply(name);
        if (text == null) {
            throw new IllegalArgumentException(name + ": missing (expected: a number)");
        }
        return Integer.parseInt(text);
    }

    private static void sleep(int millis) throws IOException {
        SLEEPING.incrementAndGet();
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asleep");
        } finally {
            SLEEPING.decrementAndGet();
        }
    }

    /** Computes for so long. */
    public static void compute(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }
}
