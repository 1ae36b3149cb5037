package dev.treadle.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

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
        for (Thread thread : live()) {
            if (!NOT_OURS.matcher(thread.getName()).matches()) {
                names.add(thread.getName() + "#" + thread.threadId());
            }
        }
        return names;
    }

    /**
     * Returns all platform threads that live. {@link Thread#getAllStackTraces} has them too, but
     * stops all of them for their stacks.
     */
    static List<Thread> live() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        for (ThreadGroup parent = root.getParent(); parent != null; parent = root.getParent()) {
            root = parent;
        }
        Thread[] found = new Thread[root.activeCount() + 1];
        int count = root.enumerate(found);
        while (count == found.length) { // there may be more of them
            found = new Thread[2 * count];
            count = root.enumerate(found);
        }
        return List.of(Arrays.copyOf(found, count));
    }

    /** Whether no platform thread lives whose name begins so. */
    static boolean noneNamed(String beginning) {
        return live().stream().noneMatch(thread -> thread.getName().startsWith(beginning));
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
     * address and state. For the message of a failure only: the kernel's tables have thousands of
     * lines after some hundred tests.
     */
    static String describe(List<String> descriptors) {
        List<String> sockets = new ArrayList<>();
        for (String table : List.of("/proc/self/net/tcp6", "/proc/self/net/tcp")) {
            try {
                sockets.addAll(Files.readAllLines(Path.of(table)));
            } catch (IOException unreadable) {
                sockets.add(table + ": " + unreadable);
            }
        }
        StringBuilder text = new StringBuilder();
        for (String descriptor : descriptors) {
            text.append(descriptor);
            if (descriptor.contains("socket:[")) {
                String inode =
                        descriptor.substring(descriptor.indexOf('[') + 1, descriptor.indexOf(']'));
                sockets.stream()
                        .filter(line -> line.contains(" " + inode + " "))
                        .forEach(text::append);
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }
}
