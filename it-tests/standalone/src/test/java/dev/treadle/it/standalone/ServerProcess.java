package dev.treadle.it.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server in a process of its own; killed at the latest when it is closed. */
public final class ServerProcess implements AutoCloseable {
    /**
     * Only for what hangs: a start of Boot with two agents took over two minutes on a busy machine.
     */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final long LOOK_MILLIS = 20;
    private static final String LISTENING = "0A";

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private ServerProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(() -> read(process.inputReader()));
    }

    /** Starts a command, with the environment of this JVM less what would set up the server. */
    public static ServerProcess start(
            Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("TREADLE_")
                                || name.startsWith("CATALINA_")
                                || name.startsWith("JETTY_")
                                || name.endsWith("_OPTIONS")
                                || name.endsWith("_OPTS"));
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start());
    }

    private void read(BufferedReader from) {
        try (from) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                lines.add(line);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** All that it has printed. */
    public String log() {
        return String.join("\n", lines);
    }

    /** Waits for a text in the log. */
    public void awaitLog(String regex) {
        Pattern pattern = Pattern.compile(regex);
        await("in the log: " + regex, () -> pattern.matcher(log()).find());
    }

    /** Waits until something is so; fails when the process has ended, or after a long time. */
    public void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() && !condition.getAsBoolean()) {
                throw new AssertionError("ended before: " + what + "\n" + log());
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not so in time: " + what + "\n" + log());
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /**
     * The process of the server itself: that which was started, or the JVM that it has started in
     * turn.
     */
    public ProcessHandle server() {
        return process.children().findFirst().orElse(process.toHandle());
    }

    /** How many threads of the operating system the server has. */
    public int osThreads() {
        try (Stream<String> status = Files.lines(Path.of("/proc/" + server().pid() + "/status"))) {
            return status.filter(line -> line.startsWith("Threads:"))
                    .map(line -> Integer.parseInt(line.substring(8).strip()))
                    .findAny()
                    .orElseThrow();
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    /**
     * The ports where it listens on an address of the loopback network, in rising order. Tomcat
     * does not print a port that the system has chosen.
     *
     * @param host the last number of the address
     */
    public Set<Integer> ports(int host) {
        String address = String.format(Locale.ROOT, "%02X00007F", host);
        try {
            Set<String> sockets = sockets();
            Set<Integer> ports = new TreeSet<>();
            for (String table : List.of("tcp", "tcp6")) {
                for (String line :
                        Files.readAllLines(Path.of("/proc/" + server().pid() + "/net/" + table))) {
                    String[] fields = line.strip().split("\\s+");
                    String[] local = fields[1].split(":");
                    if (fields[3].equals(LISTENING)
                            && local[0].endsWith(address)
                            && sockets.contains(fields[9])) {
                        ports.add(Integer.parseInt(local[1], 16));
                    }
                }
            }
            return ports;
        } catch (IOException ended) {
            return Set.of();
        }
    }

    private Set<String> sockets() throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + server().pid() + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                target(descriptor)
                        .filter(target -> target.startsWith("socket:["))
                        .ifPresent(target -> inodes.add(target.substring(8, target.length() - 1)));
            }
        }
        return inodes;
    }

    private static Optional<String> target(Path descriptor) {
        try {
            return Optional.of(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException closed) {
            return Optional.empty();
        }
    }

    /** Waits until it listens on 127.0.0.1, and returns the only port. */
    public int awaitPort() {
        return awaitPort(1);
    }

    /** Waits until it listens on such an address, and returns the only port. */
    public int awaitPort(int host) {
        await("one listening port", () -> ports(host).size() == 1);
        return ports(host).iterator().next();
    }

    /** Sends SIGTERM to the process that was started. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for its end. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("has not ended\n" + log());
        }
        reader.join(PATIENCE);
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
