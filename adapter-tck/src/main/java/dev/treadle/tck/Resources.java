package dev.treadle.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The resources of this process that may leak: threads, and descriptors of sockets, selectors and
 * pipes.
 */
final class Resources {
    private static final int FRAMES = 25;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** Threads that the JDK or the test framework makes when it first needs them, and keeps. */
    private static final Pattern NOT_OURS =
            Pattern.compile(
                    "(Common-Cleaner|Signal Dispatcher|Finalizer|Reference Handler"
                            + "|Notification Thread|Attach Listener|Read-Poller.*|Write-Poller.*|Read-Updater.*|Write-Updater.*"
                            + "|VirtualThread-unparker.*|VirtualThread-unblocker|CompletableFutureDelayScheduler|ForkJoinPool.*|JNA Cleaner|process reaper.*|surefire.*"
                            + "|junit.*|awaitility.*|main|ping-.*|last-ditch.*|MasterPoller|.*-Poller.*|InnocuousThread.*"
                            + "|Cleaner-\\d+|HttpClient-\\d+-SelectorManager|JFR .*)");

    private Resources() {}

    /** Returns the platform threads of this process by name and id. */
    static Set<String> threads() {
        Set<String> names = new TreeSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.isAlive() && !NOT_OURS.matcher(thread.getName()).matches()) {
                names.add(thread.getName() + "#" + thread.threadId());
            }
        }
        return names;
    }

    /** Returns where the platform threads of {@link #threads} are, with the innermost frames. */
    static String stacks() {
        StringBuilder text = new StringBuilder();
        Thread.getAllStackTraces()
                .forEach((thread, stack) -> {
                    if (!NOT_OURS.matcher(thread.getName()).matches()) {
                        text.append(thread.getName()).append(' ').append(thread.getState());
                        for (int i = 0; i < Math.min(stack.length, FRAMES); i++) {
                            text.append(System.lineSeparator()).append("    at ").append(stack[i]);
                        }
                        text.append(System.lineSeparator());
                    }
                });
        return text.toString();
    }

    /**
     * Returns the open descriptors of sockets, selectors and pipes, each with its number; empty
     * where the system does not tell. A socket is shown with its line of the kernel's table, which
     * has its state and ports.
     */
    static List<String> descriptors() {
        List<String> descriptors = new ArrayList<>();
        if (!Files.isDirectory(DESCRIPTORS)) {
            return descriptors;
        }
        try (DirectoryStream<Path> open = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : open) {
                String target = target(descriptor);
                if (target.startsWith("socket:")
                        || target.startsWith("anon_inode:")
                        || target.startsWith("pipe:")) {
                    descriptors.add(descriptor.getFileName() + " " + target);
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return descriptors;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException closedMeanwhile) {
            return "";
        }
    }

    /**
     * Returns what the kernel knows of the sockets among these descriptors: local and remote
     * address and state.
     */
    static String describe(List<String> descriptors) {
        StringBuilder text = new StringBuilder();
        for (String descriptor : descriptors) {
            text.append(descriptor);
            if (descriptor.contains("socket:[")) {
                String inode =
                        descriptor.substring(descriptor.indexOf('[') + 1, descriptor.indexOf(']'));
                for (Path table :
                        List.of(Path.of("/proc/self/net/tcp6"), Path.of("/proc/self/net/tcp"))) {
                    text.append(lineWith(table, " " + inode + " "));
                }
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }

    private static String lineWith(Path table, String word) {
        try (Stream<String> lines = Files.lines(table)) {
            return lines.filter(line -> line.contains(word)).findFirst().orElse("");
        } catch (IOException unreadable) {
            return " (" + table + ": " + unreadable + ")";
        }
    }
}
