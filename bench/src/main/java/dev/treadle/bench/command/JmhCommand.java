package dev.treadle.bench.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code bench/run jmh}: hands everything on to JMH. */
@Command(
        name = "jmh",
        sortOptions = false,
        header =
                "The cost of a hub's slice and of the gate. Options are JMH's own, such as -f 1 -wi 3 Slice; -h lists them.")
final class JmhCommand implements Callable<Integer> {
    @Parameters(paramLabel = "OPTION", description = "As JMH takes them.")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
