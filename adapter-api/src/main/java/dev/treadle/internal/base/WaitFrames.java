package dev.treadle.internal.base;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Tells from a stack whether a thread waits, and for what. The tables hold classes of JDK 21 to 28,
 * and of containers and pools.
 *
 * <p>A stack whose top frame is a park, a sleep or a wait is that of a thread that waits. A read
 * from a socket on a platform thread is a native call, and has no such frame. A thread that waits
 * for a monitor has none either: its state alone says so.
 */
public final class WaitFrames {
    /** The thing that a thread waits for. */
    public enum Cause {
        /** Nothing: the thread runs, or could run. */
        NONE,
        /** Bytes of a connection, or room for some. */
        SOCKET,
        /** A lock, a monitor or a semaphore. */
        LOCK,
        /** The end of a sleep. */
        SLEEP,
        /** A connection of a pool, or a place in an inner limit. */
        POOL,
        /** Another thread: a latch, a future, a condition. */
        OTHER
    }

    /** Methods of a class, and of those inside it, whose names begin so. */
    private record Methods(String className, String beginning) {
        boolean has(StackTraceElement frame) {
            String name = frame.getClassName();
            return name.startsWith(className)
                    && (name.length() == className.length()
                            || name.charAt(className.length()) == '$')
                    && frame.getMethodName().startsWith(beginning);
        }
    }

    /** The methods that hand out connections of a pool, and the prefixes of its library. */
    private record Pool(Methods entry, List<String> library) {
        static Pool of(String className, String beginning, String... library) {
            return new Pool(new Methods(className, beginning), List.of(library));
        }
    }

    private static final String ANY = "";

    private static final List<Pool> POOLS =
            List.of(
                    Pool.of(
                            "com.zaxxer.hikari.pool.HikariPool",
                            "getConnection",
                            "com.zaxxer.hikari."),
                    Pool.of(
                            "org.apache.tomcat.jdbc.pool.ConnectionPool",
                            "borrowConnection",
                            "org.apache.tomcat.jdbc."),
                    // DBCP 2, Jedis and others
                    Pool.of(
                            "org.apache.commons.pool2.impl.GenericObjectPool",
                            "borrowObject",
                            "org.apache.commons.pool2."),
                    Pool.of(
                            "org.apache.commons.pool2.impl.GenericKeyedObjectPool",
                            "borrowObject",
                            "org.apache.commons.pool2."),
                    Pool.of(
                            "org.apache.tomcat.dbcp.pool2.impl.GenericObjectPool",
                            "borrowObject",
                            "org.apache.tomcat.dbcp."),
                    Pool.of(
                            "com.mchange.v2.resourcepool.BasicResourcePool",
                            "checkoutResource",
                            "com.mchange."),
                    Pool.of("io.agroal.pool.ConnectionPool", "getConnection", "io.agroal."),
                    Pool.of(
                            "com.mongodb.internal.connection.DefaultConnectionPool",
                            "get",
                            "com.mongodb.internal.connection."),
                    Pool.of(
                            "org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager",
                            "get",
                            "org.apache.hc.client5.http.impl.io.",
                            "org.apache.hc.core5.pool.",
                            "org.apache.hc.core5.concurrent."),
                    Pool.of(
                            "org.apache.http.impl.conn.PoolingHttpClientConnectionManager",
                            "get",
                            "org.apache.http.impl.conn.",
                            "org.apache.http.pool."),
                    Pool.of("dev.treadle.Limit", "enter", "dev.treadle.internal."));

    /** Frames of a thread that gives way; one is on top of the stack. */
    private static final List<Methods> PARKS =
            List.of(
                    new Methods("jdk.internal.misc.Unsafe", "park"),
                    new Methods("java.lang.VirtualThread", ANY),
                    new Methods("jdk.internal.vm.Continuation", ANY),
                    new Methods("java.lang.Object", "wait"),
                    new Methods("java.lang.Thread", "sleep"));

    private static final Methods SLEEP = new Methods("java.lang.Thread", "sleep");

    private static final List<String> LOCKS =
            List.of(
                    "java.util.concurrent.locks.ReentrantLock",
                    "java.util.concurrent.locks.ReentrantReadWriteLock",
                    "java.util.concurrent.locks.StampedLock",
                    "java.util.concurrent.Semaphore");

    private static final List<String> SOCKETS =
            List.of(
                    "sun.nio.ch.Net",
                    "sun.nio.ch.NioSocketImpl",
                    "sun.nio.ch.SocketDispatcher",
                    "sun.nio.ch.UnixDomainSockets",
                    "sun.nio.ch.SocketChannelImpl",
                    "sun.nio.ch.ServerSocketChannelImpl",
                    "sun.nio.ch.DatagramChannelImpl",
                    "sun.nio.ch.SelectorImpl",
                    "sun.nio.ch.SelChImpl",
                    "sun.nio.ch.Poller",
                    "sun.nio.ch.EPoll",
                    "sun.nio.ch.KQueue",
                    "sun.nio.ch.WEPoll",
                    "java.net.Inet", // also a look-up of a name
                    "jdk.internal.net.http.",
                    "com.sun.jndi.");

    /** Code outside of the JDK that waits for an answer, or for the client of the request. */
    private static final List<String> WAITS_FOR_PEER =
            List.of(
                    "org.apache.coyote.",
                    "org.apache.tomcat.util.net.",
                    "org.eclipse.jetty.",
                    "io.undertow.",
                    "org.xnio.",
                    "dev.treadle.undertow.",
                    "io.grpc.stub.ClientCalls",
                    "io.lettuce.core.");

    private WaitFrames() {}

    /**
     * Returns the thing that a thread waits for.
     *
     * @param state its state, read after the stack
     * @param stack its stack, the top first; empty if unknown
     */
    public static Cause cause(Thread.State state, List<StackTraceElement> stack) {
        if (stack.isEmpty()) {
            return state == Thread.State.BLOCKED ? Cause.LOCK : Cause.NONE;
        }
        boolean parked = isParked(stack);
        if (parked && state == Thread.State.RUNNABLE) {
            return Cause.NONE; // woken since, and not yet on its way: a hub or core is busy
        }
        Cause cause = ofJdk(stack, parked || state == Thread.State.BLOCKED, state);
        if (cause == Cause.NONE || cause == Cause.SOCKET) {
            return cause;
        }
        if (pool(stack) != null) {
            return Cause.POOL;
        }
        StackTraceElement outside = StackFrames.outsideJdk(stack);
        return cause == Cause.OTHER && outside != null && StackFrames.isOf(WAITS_FOR_PEER, outside)
                ? Cause.SOCKET
                : cause;
    }

    private static Cause ofJdk(List<StackTraceElement> stack, boolean waits, Thread.State state) {
        if (state == Thread.State.BLOCKED) {
            return Cause.LOCK;
        }
        for (StackTraceElement frame : stack) {
            if (!StackFrames.isOfJdk(frame)) {
                break;
            }
            if (SLEEP.has(frame)) {
                return Cause.SLEEP;
            }
            if (StackFrames.isOf(SOCKETS, frame)) {
                return Cause.SOCKET;
            }
            if (waits && StackFrames.isOf(LOCKS, frame)) {
                return Cause.LOCK;
            }
        }
        return waits ? Cause.OTHER : Cause.NONE;
    }

    /**
     * Returns the frame of the pool that the thread waits in, such as {@code
     * HikariPool.getConnection}; null if it waits in none. The code that waits has to be the pool's
     * own: a driver that opens a connection for a pool waits for something else.
     */
    public static @Nullable StackTraceElement pool(List<StackTraceElement> stack) {
        StackTraceElement outside = StackFrames.outsideJdk(stack);
        if (outside == null) {
            return null;
        }
        for (Pool pool : POOLS) {
            if (StackFrames.isOf(pool.library(), outside)) {
                StackTraceElement entry = entry(pool, stack);
                if (entry != null) {
                    return entry;
                }
            }
        }
        return null;
    }

    private static @Nullable StackTraceElement entry(Pool pool, List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack) {
            if (pool.entry().has(frame)) {
                return frame;
            }
            if (!StackFrames.isOfJdk(frame) && !StackFrames.isOf(pool.library(), frame)) {
                return null;
            }
        }
        return null;
    }

    /** Whether the thread of a stack gives way, or wants to and is pinned. */
    static boolean isParked(List<StackTraceElement> stack) {
        return !stack.isEmpty() && isPark(stack.getFirst());
    }

    /** Whether the frame is one of a thread that gives way. */
    static boolean isPark(StackTraceElement frame) {
        return isAny(PARKS, frame);
    }

    private static boolean isAny(List<Methods> methods, StackTraceElement frame) {
        for (Methods each : methods) {
            if (each.has(frame)) {
                return true;
            }
        }
        return false;
    }
}
