package dev.treadle.bench.server;

import java.util.Locale;

/** The executor of a server's requests. */
public enum Runner {
    /** Treadle, greenlets on hubs. */
    GEVENT,
    /** Treadle, platform threads. */
    THREADS,
    /** Treadle, the JDK's virtual threads. */
    VIRTUAL,
    /** The container's own pool of platform threads, without Treadle. */
    POOL,
    /** The container's own way to virtual threads, made as good as its settings allow. */
    OWN_VIRTUAL,
    /** The same with all else at the container's defaults. Differs on Undertow only. */
    OWN_VIRTUAL_DEFAULT,
    /** Jetty's {@code VirtualThreadPool} as the server's pool. */
    OWN_VIRTUAL_POOL,
    /** Micronaut's virtual threads on the event loops of the server (its loom carrier). */
    OWN_VIRTUAL_LOOPS,
    /** Asynchronous code on the event loops of the server, which no request may block. */
    EVENT_LOOPS;

    /** Returns the name on command lines, such as {@code own-virtual}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether Treadle is installed in the container. */
    public boolean isTreadle() {
        return this == GEVENT || this == THREADS || this == VIRTUAL;
    }
}
