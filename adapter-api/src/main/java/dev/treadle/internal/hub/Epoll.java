package dev.treadle.internal.hub;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;

/**
 * The JDK's own calls of {@code epoll} (Linux): {@code sun.nio.ch.EPoll}, of which JDK 21 to 28
 * have the same. Needs {@code java.base/sun.nio.ch} to be open. Safe for any thread.
 */
final class Epoll {
    /** Of {@code epoll_ctl}: there is no such registration. */
    static final int ENOENT = 2;

    /** Of {@code epoll_event}: ready to be read. */
    static final int IN = 0x1;

    /** Ready to be written. */
    static final int OUT = 0x4;

    /** No more events of this registration after the first. */
    static final int ONE_SHOT = 1 << 30;

    private static final int ADD = 1;
    private static final int DEL = 2;
    private static final int MOD = 3;

    private final MethodHandle create;
    private final MethodHandle ctl;
    private final MethodHandle wait;
    private final MethodHandle allocate;
    private final MethodHandle free;
    private final MethodHandle event;
    private final MethodHandle descriptor;
    private final MethodHandle newDescriptor;
    private final MethodHandle ofChannel;
    private final MethodHandle duplicate;
    private final MethodHandle value;
    private final Field ofSelector;

    /**
     * Looks for it.
     *
     * @throws ReflectiveOperationException if this JDK has none
     * @throws RuntimeException if it is not open to us
     */
    Epoll() throws ReflectiveOperationException {
        Class<?> natives = Class.forName("sun.nio.ch.EPoll");
        MethodHandles.Lookup in = MethodHandles.privateLookupIn(natives, MethodHandles.lookup());
        create = in.findStatic(natives, "create", MethodType.methodType(int.class));
        ctl =
                in.findStatic(
                        natives,
                        "ctl",
                        MethodType.methodType(
                                int.class, int.class, int.class, int.class, int.class));
        wait =
                in.findStatic(
                        natives,
                        "wait",
                        MethodType.methodType(
                                int.class, int.class, long.class, int.class, int.class));
        allocate =
                in.findStatic(
                        natives, "allocatePollArray", MethodType.methodType(long.class, int.class));
        free =
                in.findStatic(
                        natives, "freePollArray", MethodType.methodType(void.class, long.class));
        event =
                in.findStatic(
                        natives,
                        "getEvent",
                        MethodType.methodType(long.class, long.class, int.class));
        descriptor =
                in.findStatic(
                        natives, "getDescriptor", MethodType.methodType(int.class, long.class));
        newDescriptor =
                in.findStatic(
                        Class.forName("sun.nio.ch.IOUtil"),
                        "newFD",
                        MethodType.methodType(FileDescriptor.class, int.class));
        ofChannel =
                in.findVirtual(
                                Class.forName("sun.nio.ch.SelChImpl"),
                                "getFD",
                                MethodType.methodType(FileDescriptor.class))
                        .asType(MethodType.methodType(FileDescriptor.class, Object.class));
        Class<?> datagrams = Class.forName("sun.nio.ch.DatagramDispatcher");
        duplicate =
                MethodHandles.privateLookupIn(datagrams, MethodHandles.lookup())
                        .findStatic(
                                datagrams,
                                "dup0",
                                MethodType.methodType(
                                        void.class, FileDescriptor.class, FileDescriptor.class));
        value =
                in.findStatic(
                        Class.forName("sun.nio.ch.IOUtil"),
                        "fdVal",
                        MethodType.methodType(int.class, FileDescriptor.class));
        ofSelector = Class.forName("sun.nio.ch.EPollSelectorImpl").getDeclaredField("epfd");
        ofSelector.setAccessible(true);
    }

    private static IllegalStateException impossible(Throwable thrown) {
        return new IllegalStateException("sun.nio.ch.EPoll threw", thrown);
    }

    /** Returns the descriptor of a new one. */
    int create() throws IOException {
        try {
            return (int) create.invokeExact();
        } catch (IOException | RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable other) {
            throw impossible(other);
        }
    }

    void close(int epoll) {
        try {
            // the stream closes the descriptor that it is given
            new FileOutputStream((FileDescriptor) newDescriptor.invokeExact(epoll)).close();
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (IOException closedAllTheSame) {
            // close(2): the descriptor is free after an error, too
        } catch (Throwable other) {
            throw impossible(other);
        }
    }

    /** Returns memory for so many events. */
    long allocate(int most) {
        try {
            return (long) allocate.invokeExact(most);
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable other) {
            throw impossible(other);
        }
    }

    void free(long events) {
        try {
            free.invokeExact(events);
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable other) {
            throw impossible(other);
        }
    }

    private int ctl(int epoll, int operation, int fd, int events) {
        try {
            return (int) ctl.invokeExact(epoll, operation, fd, events);
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable other) {
            throw impossible(other);
        }
    }

    /** Has {@code epoll} report events of {@code fd}, known or not; returns 0 or an errno. */
    int arm(int epoll, int fd, int events) {
        int error = ctl(epoll, MOD, fd, events);
        return error == ENOENT ? ctl(epoll, ADD, fd, events) : error;
    }

    void remove(int epoll, int fd) {
        int unused = ctl(epoll, DEL, fd, 0); // or it was closed, and is gone by that
    }

    /** Returns the descriptor of a selector's. Its events end a select, and it sees no key. */
    int of(Selector selector) throws IOException {
        try {
            return ofSelector.getInt(selector);
        } catch (IllegalArgumentException | IllegalAccessException other) {
            throw new IOException(selector.getClass() + " is no selector of epoll", other);
        }
    }

    /**
     * Puts a new one in the place of the descriptor of {@code channel}, which is of no other use: a
     * selector that has not seen it yet takes it as ready to be read when an event is there.
     * Closing the channel closes it.
     */
    int inPlaceOf(SelectableChannel channel) throws IOException {
        int made = create();
        try {
            FileDescriptor place = (FileDescriptor) ofChannel.invokeExact((Object) channel);
            duplicate.invokeExact((FileDescriptor) newDescriptor.invokeExact(made), place);
            return descriptor(channel);
        } catch (IOException | RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable other) {
            throw impossible(other);
        } finally {
            close(made);
        }
    }

    /** Returns the descriptor of a channel. */
    int descriptor(SelectableChannel channel) {
        try {
            return (int)
                    value.invokeExact((FileDescriptor) ofChannel.invokeExact((Object) channel));
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable other) {
            throw impossible(other);
        }
    }

    /** Has an event of {@code epoll} be one of {@code outer} as well. */
    void nest(int outer, int epoll) throws IOException {
        int error = arm(outer, epoll, IN);
        if (error != 0) {
            throw new IOException("epoll_ctl failed with errno " + error);
        }
    }

    /** Returns how many events are there now; none if a signal came. */
    int poll(int epoll, long events, int most) throws IOException {
        try {
            return Math.max(0, (int) wait.invokeExact(epoll, events, most, 0));
        } catch (IOException | RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable other) {
            throw impossible(other);
        }
    }

    /** Returns the descriptor of an event. */
    int descriptor(long events, int index) {
        try {
            return (int) descriptor.invokeExact((long) event.invokeExact(events, index));
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable other) {
            throw impossible(other);
        }
    }
}
