package dev.treadle.bench.blocking;

import dev.treadle.settings.InvalidSettingException;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** All rows of the table, in its order. */
final class Cases {
    private static final List<Case> ALL =
            List.of(
                    new Case("park", "`LockSupport.parkNanos`", Cases::park),
                    new Case("sleep", "`Thread.sleep`", () -> () -> Thread.sleep(Block.HOLD)),
                    new Case("lock", "`ReentrantLock.lock`, owned by another thread", Cases::lock),
                    new Case("queue", "`BlockingQueue.poll` with a timeout", Cases::queue),
                    new Case("yield", "`Thread.yield`, again and again", Cases::yielding),
                    new Case("join", "`Thread.join` of a platform thread", Cases::join),
                    new Case("socket-read", "`java.net.Socket`: read", Sockets::read),
                    new Case("socket-accept", "`ServerSocket.accept`", Sockets::accept),
                    new Case(
                            "socket-connect",
                            "`Socket.connect`, the server's backlog full",
                            Sockets::connect),
                    new Case("channel-read", "`SocketChannel.read`", Sockets::channelRead),
                    new Case(
                            "channel-accept",
                            "`ServerSocketChannel.accept`",
                            Sockets::channelAccept),
                    new Case("datagram", "`DatagramSocket.receive`", Sockets::datagram),
                    new Case("select", "`Selector.select`", Sockets::select),
                    new Case("process-wait", "`Process.waitFor`", Machinery::processEnd),
                    new Case(
                            "process-read",
                            "reading the output of a process",
                            Machinery::processOutput),
                    new Case(
                            "process-start",
                            "`ProcessBuilder.start`, again and again",
                            Machinery::processStart),
                    new Case(
                            "synchronized-sleep",
                            "`synchronized` around a sleep",
                            SynchronizedSleep::new),
                    new Case(
                            "compute-if-absent",
                            "`ConcurrentHashMap.computeIfAbsent` around a sleep",
                            Monitors::computeIfAbsent),
                    new Case("object-wait", "`Object.wait`", Monitors::objectWait),
                    new Case(
                            "synchronized-enter",
                            "`synchronized`, the monitor owned by another thread",
                            Monitors::enter),
                    new Case(
                            "class-initialiser",
                            "class initialiser that waits for a lock of an unmounted greenlet",
                            ClassInitialiser::new),
                    new Case(
                            "class-loading",
                            "class loading from a jar, again and again",
                            Machinery::classLoading),
                    new Case(
                            "file-cached",
                            "reading a file in the page cache, again and again",
                            Machinery::cachedFile),
                    new Case(
                            "file-forced",
                            "writing a file and forcing it to disk, again and again",
                            Machinery::forcedFile),
                    new Case(
                            "fifo",
                            "opening and reading a FIFO until a writer comes",
                            Machinery::fifo),
                    new Case(
                            "dns-hosts",
                            "`InetAddress.getByName` of a name in /etc/hosts, again and again",
                            () -> Machinery.lookUp("localhost")),
                    new Case(
                            "dns-unknown",
                            "`InetAddress.getByName` of a name that there is not, again and again",
                            () -> Machinery.lookUp("no-such-name.invalid")),
                    new Case(
                            "native-sleep",
                            "native call (FFM) that sleeps",
                            () -> new NativeCalls().sleep(Block.HOLD)),
                    new Case(
                            "native-read",
                            "native call (FFM) that reads an empty pipe",
                            () -> new NativeCalls().pipe()),
                    new Case("cpu", "computing", Cases::computing));

    private Cases() {}

    static List<Case> all() {
        return ALL;
    }

    static Case of(String word) {
        return ALL.stream()
                .filter(candidate -> candidate.word().equals(word))
                .findAny()
                .orElseThrow(
                        () -> new InvalidSettingException("--cases", word, "some of " + words()));
    }

    static String words() {
        return String.join(",", ALL.stream().map(Case::word).toList());
    }

    private static Block park() {
        return Block.repeated(() -> LockSupport.parkNanos(Block.HOLD.toNanos()));
    }

    private static Block queue() {
        LinkedBlockingQueue<String> empty = new LinkedBlockingQueue<>();
        return () -> {
            if (empty.poll(Block.HOLD.toMillis(), TimeUnit.MILLISECONDS) != null) {
                throw new IllegalStateException("the queue was empty");
            }
        };
    }

    private static Block lock() {
        ReentrantLock lock = new ReentrantLock();
        return Block.on(
                () -> Block.helper(lock::lock, lock::unlock),
                owner -> {
                    lock.lock();
                    try {
                        lock.hasQueuedThreads();
                    } finally {
                        lock.unlock();
                    }
                });
    }

    private static Block join() {
        return Block.on(() -> Block.helper(() -> {}, () -> {}), Thread::join);
    }

    @SuppressWarnings("ThreadPriorityCheck") // it is what is asked for
    private static Block yielding() {
        return Block.repeated(Thread::yield);
    }

    private static Block computing() {
        return Block.repeated(Thread::onSpinWait);
    }
}
