package dev.treadle.it.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.it.agent.program.PoolExit;
import dev.treadle.it.agent.program.PoolPlaces;
import dev.treadle.it.agent.program.PoolTable;
import dev.treadle.it.standalone.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Programs with pools of their own, with {@code monkey-patch=executors} and without. */
class PoolsTest {
    private static final String PATCH = "gevent=10,monkey-patch=executors";
    private static final String VIRTUAL = "virtual: ";

    /** One carrier: a worker has no turn before the thread that makes it waits or ends. */
    private static final List<String> ONE_CARRIER =
            List.of(
                    "-Djdk.virtualThreadScheduler.parallelism=1",
                    "-Djdk.virtualThreadScheduler.maxPoolSize=1");

    @TempDir Path directory;

    private ServerProcess start(Class<?> program, List<String> options, String... arguments)
            throws Exception {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-cp", Agents.programs(), program.getName()));
        all.addAll(List.of(arguments));
        return Agents.java(directory, Map.of(), all);
    }

    private List<String> lines(Class<?> program, List<String> options, String... arguments)
            throws Exception {
        try (ServerProcess process = start(program, options, arguments)) {
            assertThat(process.exitCode()).as(process.log()).isZero();
            return process.log().lines().toList();
        }
    }

    @Test
    void aPoolOnVirtualThreadsDoesWhatItDidBefore() throws Exception {
        List<String> with = lines(PoolTable.class, List.of(Agents.option(PATCH)));
        List<String> without = lines(PoolTable.class, List.of());

        assertThat(with).hasSizeGreaterThan(400).contains("all printed");
        assertThat(with.stream().filter(line -> !line.startsWith(VIRTUAL)))
                .containsExactlyElementsOf(
                        without.stream().filter(line -> !line.startsWith(VIRTUAL)).toList());
        assertThat(without)
                .filteredOn(line -> line.startsWith(VIRTUAL) && line.endsWith("true"))
                .containsExactly(VIRTUAL + "VIRTUAL_ALREADY true");
        assertThat(with)
                .filteredOn(line -> line.startsWith(VIRTUAL) && line.endsWith("false"))
                .containsExactlyElementsOf(
                        Stream.of(
                                        "SCHEDULED",
                                        "SINGLE_SCHEDULED",
                                        "CONSTRUCTED_SCHEDULED",
                                        "STEALING",
                                        "FORK_JOIN",
                                        "SUBCLASS",
                                        "SUBCLASS_WITH_A_POOL",
                                        "THREADS_OF_A_CLASS",
                                        "THREADS_IN_A_GROUP")
                                .map(kind -> VIRTUAL + kind + " false")
                                .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "task",
                "queue",
                "busy",
                "from a daemon",
                "idle",
                "handler",
                "daemons",
                "forgotten",
                "churn"
            })
    void theJvmEndsWhenItDidBefore(String way) throws Exception {
        List<String> options = new ArrayList<>(ONE_CARRIER);
        List<String> without = lines(PoolExit.class, options, way);
        options.add(Agents.option(PATCH));

        assertThat(lines(PoolExit.class, options, way)).contains("main ends").isEqualTo(without);
    }

    @Test
    void theReportSaysWhatIsChangedAndWhatIsLeftAndWhy() throws Exception {
        try (ServerProcess program = start(PoolPlaces.class, List.of(Agents.option(PATCH)))) {
            program.awaitLog("Kept:");
            program.awaitLog("newSingleThreadScheduledExecutor\\): left as it is");

            String places = PoolPlaces.class.getName();
            assertThat(program.log())
                    .contains("first: true\nfirst: true\nsecond: true\nkept: false\nall made\n")
                    .containsOnlyOnce(
                            "monkey-patch=executors: places of the code with pools on virtual"
                                    + " threads: 2, left as they are: 2")
                    .containsOnlyOnce(places + "$First:")
                    .containsPattern(
                            "First:\\d+ \\(newFixedThreadPool, at most 7 threads, such as"
                                    + " pool-1-thread-1\\): on virtual threads")
                    .containsPattern(
                            "Second:\\d+ \\(newCachedThreadPool, any number of threads, such as"
                                    + " pool-3-thread-1\\): on virtual threads")
                    .containsPattern(
                            "Kept:\\d+ \\(newFixedThreadPool, at most 2 threads\\): left as it is:"
                                    + " its thread factory makes threads of a class of its own, "
                                    + "dev\\.treadle\\.it\\.agent\\.program\\.PoolPlaces\\$Kept\\$1")
                    .containsPattern(
                            "PoolPlaces:\\d+ \\(newSingleThreadScheduledExecutor\\): left as it is:"
                                    + " it is a scheduled pool");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "monkey-patch-include=dev.treadle.it.agent.program.PoolPlaces$First",
                "monkey-patch-exclude=dev.treadle.it.agent.program.PoolPlaces$Second",
                "monkey-patch-include=dev.treadle.it.*,"
                        + "monkey-patch-exclude=dev.treadle.it.agent.program.PoolPlaces$Second,"
                        + "monkey-patch-exclude=com.example.*"
            })
    void patternsChooseTheClasses(String patterns) throws Exception {
        try (ServerProcess program =
                start(PoolPlaces.class, List.of(Agents.option(PATCH + "," + patterns)))) {
            program.awaitLog("all made");

            assertThat(program.log())
                    .isEqualTo("first: true\nfirst: true\nsecond: false\nkept: false\nall made");
        }
    }

    @Test
    void withoutTheArgumentNothingIsChanged() throws Exception {
        try (ServerProcess program = start(PoolPlaces.class, List.of(Agents.option("gevent=10")))) {
            program.awaitLog("all made");

            assertThat(program.log())
                    .isEqualTo("first: false\nfirst: false\nsecond: false\nkept: false\nall made");
        }
    }

    @Test
    void aClassLoaderThatDoesNotSeeTheAgentIsLeftAlone() throws Exception {
        try (ServerProcess program =
                start(PoolPlaces.class, List.of(Agents.option(PATCH)), "alone")) {
            program.awaitLog("all made");
            program.awaitLog("class loader\\): left as it is");

            assertThat(program.log())
                    .contains("first: false")
                    .containsOnlyOnce(
                            "it does not delegate to the system class loader; one of its classes"
                                    + " is "
                                    + PoolPlaces.First.class.getName());
        }
    }
}
