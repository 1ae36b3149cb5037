package dev.treadle.internal.engine;

import static dev.treadle.internal.engine.BlockingCase.helper;
import static dev.treadle.internal.engine.BlockingCase.later;
import static dev.treadle.internal.engine.BlockingCase.repeated;

import dev.treadle.internal.engine.BlockingCase.Hold;
import dev.treadle.internal.engine.BlockingCase.Step;

import java.io.FileInputStream;
import java.io.IOException;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** All rows of the table, but for those of {@link SocketCases}. */
final class BlockingCases {
    private static final int CHUNK = 64 * 1024;
    private static final int FILE_CHUNKS = 64;

    private static final List<BlockingCase> THREADS =
            List.of(
                    BlockingCase.of("park", "`LockSupport.parkNanos`", BlockingCases::park),
                    BlockingCase.of(
                            "sleep", "`Thread.sleep`", hold -> () -> Thread.sleep(hold.duration())),
                    BlockingCase.of(
                            "lock",
                            "`ReentrantLock.lock`, owned by another thread",
                            BlockingCases::lock),
                    BlockingCase.of(
                            "queue",
                            "`BlockingQueue.poll` with a timeout",
                            hold -> () -> pollNothing(hold)),
                    BlockingCase.of(
                            "yield", "`Thread.yield`, again and again", BlockingCases::yielding),
                    BlockingCase.of(
                            "join",
                            "`Thread.join` of a platform thread",
                            hold -> later(hold, () -> {})::join));

    private static final List<BlockingCase> OTHERS =
            List.of(
                    BlockingCase.of(
                            "process-wait", "`Process.waitFor`", hold -> process(hold)::waitFor),
                    BlockingCase.of(
                            "process-read",
                            "reading the output of a process",
                            hold -> process(hold).getInputStream()::readAllBytes),
                    BlockingCase.of(
                            "process-start",
                            "`ProcessBuilder.start`, again and again",
                            hold -> repeated(hold, () -> new ProcessBuilder("true").start())),
                    BlockingCase.of(
                            "synchronized-sleep",
                            "`synchronized` around a sleep",
                            Freezing.SYNCHRONIZED_SLEEP),
                    BlockingCase.of(
                            "compute-if-absent",
                            "`ConcurrentHashMap.computeIfAbsent` around a sleep",
                            hold -> () -> computeIfAbsent(hold)),
                    BlockingCase.of(
                            "object-wait", "`Object.wait`", hold -> () -> waitForNothing(hold)),
                    BlockingCase.of(
                            "synchronized-enter",
                            "`synchronized`, the monitor owned by another thread",
                            BlockingCases::enter),
                    BlockingCase.of(
                            "class-initialiser",
                            "class initialiser that waits for a lock of an unmounted greenlet",
                            Freezing.CLASS_INITIALISER),
                    BlockingCase.of(
                            "class-loading",
                            "class loading from a jar, again and again",
                            BlockingCases::classLoading),
                    BlockingCase.of(
                            "file-cached",
                            "reading a file in the page cache, again and again",
                            BlockingCases::cachedFile),
                    BlockingCase.of(
                            "file-forced",
                            "writing a file and forcing it to disk, again and again",
                            BlockingCases::forcedFile),
                    BlockingCase.of(
                            "fifo",
                            "opening and reading a FIFO until a writer comes",
                            BlockingCases::fifo),
                    BlockingCase.of(
                            "dns-hosts",
                            "`InetAddress.getByName` of a name in /etc/hosts, again and again",
                            hold -> lookUp(hold, "localhost")),
                    BlockingCase.of(
                            "dns-unknown",
                            "`InetAddress.getByName` of a name that there is not, again and again",
                            hold -> lookUp(hold, "no-such-name.invalid")),
                    BlockingCase.of(
                            "native-sleep",
                            "native call (FFM) that sleeps",
                            hold -> () -> NativePipe.sleep(hold.duration())),
                    BlockingCase.of(
                            "native-read",
                            "native call (FFM) that reads an empty pipe",
                            Freezing.NATIVE_READ),
                    BlockingCase.of(
                            "cpu", "computing", hold -> repeated(hold, Thread::onSpinWait)));

    private BlockingCases() {}

    /** Returns all rows, in the order of the table. */
    static List<BlockingCase> all() {
        return Stream.of(THREADS, SocketCases.ALL, OTHERS).flatMap(List::stream).toList();
    }

    private static Step park(Hold hold) {
        return repeated(hold, () -> LockSupport.parkNanos(hold.duration().toNanos()));
    }

    private static void pollNothing(Hold hold) throws InterruptedException {
        if (new LinkedBlockingQueue<String>().poll(hold.millis(), TimeUnit.MILLISECONDS) != null) {
            throw new IllegalStateException("the queue was empty");
        }
    }

    private static Step lock(Hold hold) throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        helper(hold, lock::lock, lock::unlock);
        return () -> {
            lock.lock();
            try {
                lock.hasQueuedThreads();
            } finally {
                lock.unlock();
            }
        };
    }

    @SuppressWarnings("ThreadPriorityCheck") // it is what is asked for
    private static Step yielding(Hold hold) {
        return repeated(hold, Thread::yield);
    }

    /** Starts a process that says nothing and ends after a while. */
    private static Process process(Hold hold) throws IOException, InterruptedException {
        Process cat = new ProcessBuilder("cat").start();
        later(hold, cat.getOutputStream()::close);
        return cat;
    }

    private static void waitForNothing(Hold hold) throws InterruptedException {
        Object monitor = new Object();
        long begun = System.nanoTime();
        synchronized (monitor) {
            while (System.nanoTime() - begun < hold.duration().toNanos()) {
                monitor.wait(hold.millis());
            }
        }
    }

    /** Waits for a monitor that a platform thread has. */
    private static Step enter(Hold hold) throws InterruptedException {
        Object monitor = new Object();
        CountDownLatch owned = new CountDownLatch(1);
        later(
                new Hold(hold.duration(), () -> {}),
                () -> {
                    synchronized (monitor) {
                        owned.countDown();
                        hold.end().run();
                    }
                });
        owned.await();
        return () -> {
            synchronized (monitor) {
                monitor.notifyAll();
            }
        };
    }

    /** Computes the value of a map slowly, which the map does inside {@code synchronized}. */
    private static void computeIfAbsent(Hold hold) {
        new ConcurrentHashMap<String, String>()
                .computeIfAbsent(
                        "key",
                        key -> {
                            sleep(hold);
                            return key;
                        });
    }

    private static void sleep(Hold hold) {
        try {
            Thread.sleep(hold.duration());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Loads and initialises a class from its jar with a fresh class loader, repeatedly. */
    private static Step classLoading(Hold hold) {
        Class<?> inAJar = org.jctools.queues.MpscUnboundedArrayQueue.class;
        URL jar = inAJar.getProtectionDomain().getCodeSource().getLocation();
        return repeated(
                hold,
                () -> {
                    try (URLClassLoader fresh =
                            new URLClassLoader(
                                    new URL[] {jar}, ClassLoader.getPlatformClassLoader())) {
                        Class.forName(inAJar.getName(), true, fresh);
                    }
                });
    }

    private static Path file() throws IOException {
        Path file = Files.createTempFile("treadle-probe", "");
        file.toFile().deleteOnExit();
        return file;
    }

    private static Step cachedFile(Hold hold) throws IOException {
        Path file = file();
        Files.write(file, new byte[CHUNK * FILE_CHUNKS]);
        byte[] chunk = new byte[CHUNK];
        return repeated(
                hold,
                () -> {
                    try (FileInputStream in = new FileInputStream(file.toFile())) {
                        while (in.read(chunk) > 0) {
                            // the next one
                        }
                    }
                });
    }

    private static Step forcedFile(Hold hold) throws IOException {
        Path file = file();
        return repeated(
                hold,
                () -> {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.write(ByteBuffer.allocate(CHUNK));
                        channel.force(true);
                    }
                });
    }

    /** Opens a FIFO, which waits for a writer, and reads from it. */
    private static Step fifo(Hold hold) throws IOException, InterruptedException {
        Path fifo = file();
        Files.delete(fifo);
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor();
        later(hold, () -> Files.write(fifo, new byte[1]));
        return () -> {
            try (FileInputStream in = new FileInputStream(fifo.toFile())) {
                in.read();
            }
        };
    }

    /** Looks a name up, without the JDK's cache of names. */
    private static Step lookUp(Hold hold, String name) {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        return repeated(
                hold,
                () -> {
                    try {
                        InetAddress.getByName(name);
                    } catch (UnknownHostException isAnAnswer) {
                        Thread.onSpinWait();
                    }
                });
    }
}
