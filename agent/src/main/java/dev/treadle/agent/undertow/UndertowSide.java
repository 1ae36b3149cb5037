package dev.treadle.agent.undertow;

import dev.treadle.agent.ContainerSide;

import io.undertow.Undertow;
import io.undertow.Version;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.WeakHashMap;

/**
 * Installs workers in each Undertow at its start, and takes them out at its stop.
 *
 * @since 0.2.0
 */
public final class UndertowSide implements ContainerSide {
    private static final UndertowSide ONLY = new UndertowSide();

    /** Those that run on workers. */
    private final Map<Undertow, Installed> installed = new WeakHashMap<>(); // guarded by itself

    private UndertowSide() {}

    /** Returns the only one. */
    public static ContainerSide side() {
        return ONLY;
    }

    @Override
    public String container() {
        return "Undertow " + Version.getVersionString();
    }

    /** A jar that has Undertow shaded into it may have lost its version. */
    @Override
    public boolean knowsVersion() {
        return Version.getVersionString().matches("2\\.3\\..*|\\D.*") && Fields.areThere();
    }

    @Override
    public void starting(Object server) {
        Undertow undertow = (Undertow) server;
        if (of(undertow) != null) {
            return; // started twice
        }
        Installed now = Installed.in(undertow, container());
        if (now != null) {
            synchronized (installed) {
                installed.put(undertow, now);
            }
        }
    }

    private @Nullable Installed of(Undertow undertow) {
        synchronized (installed) {
            return installed.get(undertow);
        }
    }

    @Override
    public void stopping(Object server) {
        Installed now = of((Undertow) server);
        if (now != null) {
            now.prepareStop();
        }
    }

    @Override
    public void stopped(Object server) {
        Installed now;
        synchronized (installed) {
            now = installed.remove((Undertow) server);
        }
        if (now != null) {
            now.takeOut((Undertow) server);
        }
    }

    @Override
    public void deploying(Object deployment, Object context) {
        Deployments.extend(deployment, context, container());
    }
}
