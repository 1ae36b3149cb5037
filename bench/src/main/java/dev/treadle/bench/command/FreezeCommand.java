package dev.treadle.bench.command;

import dev.treadle.bench.blocking.FreezeTable;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/** {@code bench/run freeze}. */
@Command(
        name = "freeze",
        sortOptions = false,
        header = "How soon others go on when every hub is held: a Markdown table.")
final class FreezeCommand implements Callable<Integer> {
    @Mixin private final ProbeOptions probes = new ProbeOptions();

    @Option(
            names = "--hubs",
            paramLabel = "N",
            description = "All are held. Default: as many as there are cores.")
    private @Nullable String hubs;

    @Override
    public Integer call() throws IOException, InterruptedException {
        int count =
                hubs == null
                        ? Runtime.getRuntime().availableProcessors()
                        : Texts.count("--hubs", hubs, 1, 128);
        new FreezeTable(probes.jdks(), count, probes.rounds(), probes.patience()).print(System.out);
        return 0;
    }
}
