package dev.treadle.bench.process;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.treadle.bench.client.ClosedLoad;
import dev.treadle.bench.client.CrowdLoad;
import dev.treadle.bench.client.CrowdResult;
import dev.treadle.bench.client.Phase;
import dev.treadle.launcher.load.LoadResult;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Clients of our own, for loads that wrk cannot make: bursts, an open loop, requests that are held;
 * or the slow third party that servers ask.
 */
public final class ClientProcess extends ChildProcess {
    private static final Duration LONGEST_LOAD = Duration.ofMinutes(30);

    /**
     * Starts a {@code ClientMain}.
     *
     * @param name in messages
     * @param command the {@code ClientMain} with its JVM
     * @param errors a file for its standard error
     */
    public ClientProcess(String name, List<String> command, Path errors)
            throws IOException, InterruptedException {
        super(name, command, errors);
    }

    /** Sends requests, the next of a connection when it has the answer to the last. */
    public LoadResult closedLoop(ClosedLoad load) throws IOException, InterruptedException {
        return JSON.std.beanFrom(LoadResult.class, order("closed", load));
    }

    /** Sends a load so many times, for what that compiles. */
    public void warmUp(ClosedLoad load, int times) throws IOException, InterruptedException {
        for (int i = 0; i < times; i++) {
            LoadResult unused = closedLoop(load);
        }
    }

    /** Sends requests, one connection each, and leaves them with the server. */
    public LoadResult hold(ClosedLoad load) throws IOException, InterruptedException {
        return JSON.std.beanFrom(LoadResult.class, order("hold", load));
    }

    /** Sends crowds, all at once, and waits until each user is served, refused or gone. */
    public List<CrowdResult> crowds(List<CrowdLoad> loads)
            throws IOException, InterruptedException {
        return JSON.std.listOfFrom(CrowdResult.class, order("crowds", loads));
    }

    /** From now on the delay of the third party is that of the phases, for all questions. */
    public void follow(List<Phase> phases) throws IOException, InterruptedException {
        String unused = order("plan", phases);
    }

    private String order(String word, Object load) throws IOException, InterruptedException {
        return order(word + " " + JSON.std.asString(load), LONGEST_LOAD);
    }
}
