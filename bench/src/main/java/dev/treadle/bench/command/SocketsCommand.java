package dev.treadle.bench.command;

import dev.treadle.bench.blocking.SocketTable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.concurrent.Callable;

/** {@code bench/run sockets}. */
@Command(
        name = "sockets",
        sortOptions = false,
        header =
                "Socket calls of 20 ms on one hub while another is held for 500 ms: a Markdown table.")
final class SocketsCommand implements Callable<Integer> {
    @Mixin private final ProbeOptions probes = new ProbeOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        new SocketTable(probes.jdks(), probes.rounds(), probes.patience()).print(System.out);
        return 0;
    }
}
