package dev.treadle.bench.blocking;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.Security;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Files, processes, names and classes: where the JDK calls the operating system and waits. */
final class Machinery {
    private static final int CHUNK = 64 * 1024;
    private static final int FILE_CHUNKS = 64;
    private static final List<String> SLEEP =
            List.of("sleep", String.valueOf(Block.HOLD.toMillis() / 1_000.0));

    private Machinery() {}

    private static Path directory() {
        try {
            return Files.createTempDirectory("treadle-probe");
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** Reads a file that the system has in memory, from its beginning to its end, repeatedly. */
    static Block cachedFile() {
        Path file = directory().resolve("file");
        try {
            Files.write(file, new byte[CHUNK * FILE_CHUNKS]);
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
        byte[] chunk = new byte[CHUNK];
        return Block.repeated(() -> {
            try (FileInputStream in = new FileInputStream(file.toFile())) {
                while (in.read(chunk) > 0) {
                    // the next one
                }
            }
        });
    }

    /** Writes a little and forces it to disk, repeatedly. */
    static Block forcedFile() {
        Path file = directory().resolve("file");
        return Block.repeated(() -> {
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(CHUNK));
                channel.force(true);
            }
        });
    }

    /** Opens a FIFO, which waits for a writer, and reads from it. */
    static Block fifo() {
        Path fifo = directory().resolve("fifo");
        BlockingQueue<Thread> writers = new LinkedBlockingQueue<>();
        return new Block() {
            @Override
            public void arrange(Scheduler scheduler) throws IOException, InterruptedException {
                if (!Files.exists(fifo)) {
                    new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
                } else {
                    // with the last one still there, opening would not wait for the next
                    writers.take().join();
                }
                writers.add(Block.helper(() -> {}, () -> Files.write(fifo, new byte[1])));
            }

            @Override
            public void block() throws IOException {
                try (FileInputStream in = new FileInputStream(fifo.toFile())) {
                    in.read();
                }
            }
        };
    }

    /** Waits for the end of a process. */
    static Block processEnd() {
        return Block.on(() -> new ProcessBuilder(SLEEP).start(), Process::waitFor);
    }

    /** Reads the output of a process, which says nothing and ends. */
    static Block processOutput() {
        return Block.on(
                () -> new ProcessBuilder(SLEEP).start(),
                process -> process.getInputStream().readAllBytes());
    }

    /** Starts processes that do nothing. */
    static Block processStart() {
        return Block.repeated(() -> new ProcessBuilder("true").start());
    }

    /** Looks a name up, without the JDK's cache of names. */
    static Block lookUp(String name) {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        return Block.repeated(() -> {
            try {
                InetAddress.getByName(name);
            } catch (UnknownHostException isAnAnswer) {
                Thread.onSpinWait();
            }
        });
    }

    /** Loads and initialises a class from its jar with a fresh class loader, repeatedly. */
    static Block classLoading() {
        URL jar = Machinery.class.getProtectionDomain().getCodeSource().getLocation();
        return Block.repeated(() -> {
            try (URLClassLoader fresh =
                    new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader())) {
                Class.forName(NativeCalls.class.getName(), true, fresh);
            }
        });
    }
}
