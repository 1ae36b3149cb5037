package dev.treadle.bench.command;

import dev.treadle.bench.blocking.BlockingTable;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code bench/run blocking}. */
@Command(
        name = "blocking",
        sortOptions = false,
        header = "The effect of each kind of waiting on a hub: a Markdown table.")
final class BlockingCommand implements Callable<Integer> {
    @Mixin private final ProbeOptions probes = new ProbeOptions();

    @Option(
            names = "--cases",
            paramLabel = "NAME,...",
            description = "Some of the rows, such as fifo,cpu. Default: all.")
    private @Nullable String cases;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> words = cases == null ? List.of() : Texts.words("--cases", cases);
        new BlockingTable(probes.jdks(), words, probes.rounds(), probes.patience())
                .print(System.out);
        return 0;
    }
}
