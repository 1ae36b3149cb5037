package dev.treadle.internal.hub;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntBinaryOperator;

/**
 * Has the JDK ask us where a virtual thread waits for a socket.
 *
 * <p>The JDK keeps its pollers in two arrays ({@code sun.nio.ch.Poller}, JDK 24 to 28), and a
 * virtual thread that waits for a socket registers with the element that its descriptor chooses.
 * Pollers of ours ({@link PollerClass}) take the place of those elements. Such a poller registers a
 * greenlet with its hub, if that polls sockets, and every other virtual thread with the JDK's own
 * poller, as before. No final field is written.
 *
 * <p>Before JDK 24 a greenlet that waits for a monitor keeps its carrier, so that a hub is held
 * more often, and with it its sockets. There the JDK polls.
 *
 * <p>Safe for any thread.
 */
public final class JdkSockets {
    /** The first JDK that unmounts a virtual thread which waits for a monitor (JEP 491). */
    private static final int FIRST = 24;

    private static final String PACKAGE = "sun.nio.ch";

    private static final ReentrantLock LOCK = new ReentrantLock();

    // guarded by LOCK
    private static boolean started;
    private static @Nullable String problem;
    private static @Nullable JdkSockets instance;

    private final Epoll epoll;
    private final Map<Integer, SocketWaits.Wait> readers = SocketWaits.newMap();
    private final Map<Integer, SocketWaits.Wait> writers = SocketWaits.newMap();
    private final List<Element> elements = new ArrayList<>();

    // of sun.nio.ch.Poller
    private final MethodHandle register;
    private final MethodHandle deregister;
    private final Field waits;

    /**
     * A poller of the JDK, its place, and the one that has that place now. The JDK's may be one of
     * another copy of this class, which another class loader has.
     */
    private record Element(Object array, int index, Object poller, Object ours) {}

    /**
     * Replaces the pollers, the first time it is called, and tries it with a hub.
     *
     * @return null if that did not work ({@link #problem}); then all is as it was before
     */
    public static @Nullable JdkSockets get() {
        LOCK.lock();
        try {
            if (!started) {
                JdkPollers.start(); // there must be some to replace
                problem = replaceAndTry();
                started = true;
            }
            return instance;
        } finally {
            LOCK.unlock();
        }
    }

    /** Returns what went wrong in {@link #get}; null if nothing did. */
    public static @Nullable String problem() {
        LOCK.lock();
        try {
            return problem;
        } finally {
            LOCK.unlock();
        }
    }

    private static @Nullable String replaceAndTry() {
        if (Runtime.version().feature() < FIRST) {
            return "JDK " + Runtime.version().feature() + " (expected: 24 or newer)";
        }
        Module module = JdkSockets.class.getModule();
        if (!Object.class.getModule().isOpen(PACKAGE, module)) {
            return "java.base/"
                    + PACKAGE
                    + " is not open (expected: java is started with --add-opens java.base/"
                    + PACKAGE
                    + "="
                    + (module.isNamed() ? module.getName() : "ALL-UNNAMED")
                    + ")";
        }
        try {
            JdkSockets sockets = new JdkSockets();
            String wrong = sockets.replaceAndTryHere();
            instance = wrong == null ? sockets : null;
            return wrong;
        } catch (Throwable differs) {
            return "this JDK (" + Runtime.version() + ") or system differs: " + differs;
        }
    }

    private @Nullable String replaceAndTryHere() throws Throwable {
        boolean works = false;
        try {
            replace();
            String wrong = SocketTrial.of(this);
            works = wrong == null;
            if (works) {
                renewWaitsWithJdk();
            }
            return wrong;
        } finally {
            if (!works) {
                restore();
            }
        }
    }

    private JdkSockets() throws ReflectiveOperationException {
        epoll = new Epoll();
        Class<?> poller = Class.forName("sun.nio.ch.Poller");
        MethodHandles.Lookup in = MethodHandles.privateLookupIn(poller, MethodHandles.lookup());
        register =
                method(
                        in,
                        poller,
                        MethodType.methodType(void.class, int.class),
                        "implRegister",
                        "implStartPoll");
        deregister =
                method(
                        in,
                        poller,
                        MethodType.methodType(void.class, int.class, boolean.class),
                        "implDeregister",
                        "implStopPoll");
        waits = poller.getDeclaredField("map");
        waits.setAccessible(true);
    }

    /** Two names: JDK 27 has renamed them. */
    private static MethodHandle method(
            MethodHandles.Lookup in, Class<?> owner, MethodType type, String old, String fresh)
            throws ReflectiveOperationException {
        MethodHandle found;
        try {
            found = in.findVirtual(owner, old, type);
        } catch (NoSuchMethodException renamed) {
            found = in.findVirtual(owner, fresh, type);
        }
        return found.asType(found.type().changeParameterType(0, Object.class));
    }

    private void replace() throws Throwable {
        Class<?> poller = Class.forName("sun.nio.ch.Poller");
        MethodHandles.Lookup in = MethodHandles.privateLookupIn(poller, MethodHandles.lookup());
        MethodHandle constructor =
                in.findConstructor(
                        pollerOfOurs(in),
                        MethodType.methodType(void.class, IntBinaryOperator.class));
        Object group = group(poller);
        replace(array(group, "readPollers"), true, constructor);
        replace(array(group, "writePollers"), false, constructor);
    }

    /** Another copy of this class, by another class loader, may have defined it. */
    private static Class<?> pollerOfOurs(MethodHandles.Lookup in)
            throws ReflectiveOperationException {
        try {
            return in.defineClass(PollerClass.bytes());
        } catch (LinkageError defined) {
            return in.findClass(PollerClass.NAME);
        }
    }

    private static Object group(Class<?> poller) throws ReflectiveOperationException {
        Field field;
        try {
            field = poller.getDeclaredField("POLLERS");
        } catch (NoSuchFieldException renamed) {
            field = poller.getDeclaredField("POLLER_GROUP"); // JDK 27
        }
        field.setAccessible(true);
        return field.get(null);
    }

    private static Object array(Object group, String name) throws ReflectiveOperationException {
        Field field = group.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(group);
    }

    private void replace(Object array, boolean reads, MethodHandle constructor) throws Throwable {
        for (int i = 0; i < Array.getLength(array); i++) {
            Object jdks = Array.get(array, i);
            Map<Integer, Thread> waitsOfJdks = waitsOf(jdks);
            IntBinaryOperator route = new Route(jdks, waitsOfJdks, reads);
            Object ours = constructor.invoke(route);
            Array.set(array, i, ours);
            elements.add(new Element(array, i, jdks, ours));
            unparkAll(waitsOfJdks);
        }
    }

    /**
     * A thread that had chosen its poller just before that was replaced may have begun to wait
     * since: it would not be found when its socket is closed.
     */
    private void renewWaitsWithJdk() throws IllegalAccessException {
        for (Element element : elements) {
            unparkAll(waitsOf(element.poller()));
        }
    }

    /** Every wait begins anew with the poller that is in the array now. */
    private static void unparkAll(Map<Integer, Thread> waiting) {
        waiting.values().forEach(LockSupport::unpark);
    }

    private void restore() throws ReflectiveOperationException {
        for (Element element : elements) {
            Object present = Array.get(element.array(), element.index());
            if (element.ours().equals(present)) { // else another copy has put its own there since
                Array.set(element.array(), element.index(), element.poller());
                unparkAll(waitsOf(present));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private Map<Integer, Thread> waitsOf(Object poller) throws IllegalAccessException {
        return (Map<Integer, Thread>) waits.get(poller);
    }

    /** Returns how many greenlets of this JVM wait for a socket with their hub; a snapshot. */
    public int waiting() {
        return readers.size() + writers.size();
    }

    Epoll epoll() {
        return epoll;
    }

    /** Returns a place to wait until a socket can be read. */
    SocketWaits reads() throws IOException {
        return new SocketWaits(epoll, Epoll.IN, readers);
    }

    /** Returns a place to wait until a socket can be written. */
    SocketWaits writes() throws IOException {
        return new SocketWaits(epoll, Epoll.OUT, writers);
    }

    /**
     * The work of one poller of ours. The JDK keeps the threads that wait with it in its map, and
     * wakes them when their socket is closed. A wait that stays with the JDK's poller is in the map
     * of that as well, from which it is woken when its socket is ready.
     */
    private final class Route implements IntBinaryOperator {
        private final Object jdks;
        private final Map<Integer, Thread> waitsOfJdks;
        private final boolean reads;

        Route(Object jdks, Map<Integer, Thread> waitsOfJdks, boolean reads) {
            this.jdks = jdks;
            this.waitsOfJdks = waitsOfJdks;
            this.reads = reads;
        }

        @Override
        public int applyAsInt(int operation, int socket) {
            if (operation == PollerClass.REGISTER) {
                register(socket);
            } else {
                deregister(socket);
            }
            return 0;
        }

        private void register(int socket) {
            Carrier carrier = Carrier.of(JdkHubAccess.currentCarrier());
            HubSockets sockets = carrier == null ? null : carrier.hub().sockets();
            if (sockets != null && sockets.register(socket, reads)) {
                return;
            }
            Thread self = Thread.currentThread();
            waitsOfJdks.put(socket, self);
            boolean registered = false;
            try {
                register.invokeExact(jdks, socket);
                registered = true;
            } catch (Throwable failed) {
                JdkSockets.<RuntimeException>raise(failed);
            } finally {
                if (!registered) {
                    waitsOfJdks.remove(socket, self);
                }
            }
        }

        private void deregister(int socket) {
            if (SocketWaits.deregister(reads ? readers : writers, socket)) {
                return;
            }
            boolean polled = !waitsOfJdks.remove(socket, Thread.currentThread());
            try {
                deregister.invokeExact(jdks, socket, polled);
            } catch (Throwable failed) {
                JdkSockets.<RuntimeException>raise(failed);
            }
        }
    }

    /** The methods of the JDK declare an IOException, and the operator between us and them none. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void raise(Throwable failed) throws T {
        throw (T) failed;
    }
}
