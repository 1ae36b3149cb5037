package dev.treadle.bench.command;

import dev.treadle.bench.client.ClientMain;
import dev.treadle.bench.process.ClientProcess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts what puts load on a server, and what a server asks. */
final class LoadProcesses {
    static final String CLASS_PATH = System.getProperty("java.class.path");

    private LoadProcesses() {}

    /** Starts clients. */
    static ClientProcess client() throws IOException, InterruptedException {
        return clientMain("client");
    }

    /** Starts a third party. */
    static ClientProcess slowParty() throws IOException, InterruptedException {
        return clientMain("third party", "slow-party");
    }

    private static ClientProcess clientMain(String name, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-cp", CLASS_PATH));
        command.add(ClientMain.class.getName());
        command.addAll(Arrays.asList(arguments));
        return new ClientProcess(name, command, log());
    }

    /** Returns a file for what one process says, which is deleted at the end. */
    static Path log() throws IOException {
        Path log = Files.createTempFile("treadle-bench", ".log");
        log.toFile().deleteOnExit();
        return log;
    }
}
