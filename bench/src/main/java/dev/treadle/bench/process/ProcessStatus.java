package dev.treadle.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The figures of Linux for one process, from {@code /proc/PID}. */
final class ProcessStatus {
    private static final double TICKS_PER_SECOND = ticksPerSecond();

    /** Processor time in the kernel's units. */
    record Ticks(long user, long system) {
        double userSeconds() {
            return user / TICKS_PER_SECOND;
        }

        double systemSeconds() {
            return system / TICKS_PER_SECOND;
        }

        double seconds() {
            return userSeconds() + systemSeconds();
        }

        Ticks minus(Ticks earlier) {
            return new Ticks(user - earlier.user, system - earlier.system);
        }
    }

    private final Path process;

    ProcessStatus(long pid) {
        process = Path.of("/proc", String.valueOf(pid));
    }

    private static double ticksPerSecond() {
        try {
            Process getconf = new ProcessBuilder("getconf", "CLK_TCK").start();
            return Double.parseDouble(getconf.inputReader().readLine());
        } catch (IOException | RuntimeException unknown) {
            // what every Linux of today has
            return 100;
        }
    }

    /** Returns the directory that has one directory for each thread. */
    Path tasks() {
        return process.resolve("task");
    }

    Ticks ticks() throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        // the second field is the name, in parentheses, and may have blanks
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new Ticks(Long.parseLong(fields[11]), Long.parseLong(fields[12]));
    }

    /** Returns the memory resident now, in megabytes. */
    double rssMegabytes() throws IOException {
        return megabytes("VmRSS:");
    }

    /** Returns the most memory resident since the process began, in megabytes. */
    double peakRssMegabytes() throws IOException {
        return megabytes("VmHWM:");
    }

    private double megabytes(String field) throws IOException {
        List<String> status = Files.readAllLines(process.resolve("status"));
        for (String line : status) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.substring(field.length()).replace("kB", "").strip())
                        / 1_024.0;
            }
        }
        throw new IOException("/proc/PID/status: no " + field);
    }
}
