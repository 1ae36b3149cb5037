package dev.treadle.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What this process holds of the things that leak: threads, and descriptors of sockets, selectors and pipes. */
final class Resources {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** Threads that the JDK or the test framework makes when it first needs them, and keeps. */
    private static final Pattern NOT_OURS = Pattern.compile("(Common-Cleaner|Signal Dispatcher|Finalizer|Reference Handler"
            + "|Notification Thread|Attach Listener|Read-Poller.*|Write-Poller.*|Read-Updater.*|Write-Updater.*"
            + "|VirtualThread-unparker.*|VirtualThread-unblocker|ForkJoinPool.*|JNA Cleaner|process reaper.*|surefire.*"
            + "|junit.*|awaitility.*|main|ping-.*|last-ditch.*|MasterPoller|.*-Poller.*|InnocuousThread.*"
            + "|Cleaner-\\d+|HttpClient-\\d+-SelectorManager)");

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

    /** Returns how many descriptors of sockets, selectors and pipes are open; 0 where the system does not tell. */
    static int descriptors() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return 0;
        }
        int count = 0;
        try (DirectoryStream<Path> open = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : open) {
                if (leaks(descriptor)) {
                    count++;
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return count;
    }

    private static boolean leaks(Path descriptor) throws IOException {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:") || target.startsWith("anon_inode:") || target.startsWith("pipe:");
        } catch (NoSuchFileException closedMeanwhile) {
            return false;
        }
    }
}
