package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The parts of the agent beside each container: one for each class loader that has a container. It
 * decides once whether the agent has to do with that container. Safe for any thread.
 */
final class Sides {
    private static final String OURS = "dev/treadle/Workers.class";

    private final Instrumentation instrumentation;
    private final InnerJar jar;
    private final InnerLoader core;
    private final Strictness strictness;

    private final Map<ClassLoader, Map<Kind, Decision>> known =
            new WeakHashMap<>(); // guarded by this
    private boolean open; // guarded by this

    /**
     * The decision on a container. The side is not kept, for its loader keeps that of the
     * container. Its class keeps it, and what is installed keeps the class; it is made again after
     * that.
     *
     * @param side null: the container is left alone
     */
    private record Decision(@Nullable WeakReference<ContainerSide> side) {
        static Decision of(@Nullable ContainerSide side) {
            return new Decision(side == null ? null : new WeakReference<>(side));
        }
    }

    Sides(Instrumentation instrumentation, InnerJar jar, InnerLoader core, Strictness strictness) {
        this.instrumentation = instrumentation;
        this.jar = jar;
        this.core = core;
        this.strictness = strictness;
    }

    /**
     * Opens to the core and to nobody else, once: {@code java.base/java.lang}, and {@code
     * java.base/sun.nio.ch}, which {@code hub-sockets=on} needs.
     */
    synchronized void openPackages() {
        if (!open) {
            instrumentation.redefineModule(
                    Object.class.getModule(),
                    Set.of(),
                    Map.of(),
                    Map.of(
                            "java.lang",
                            Set.of(core.getUnnamedModule()),
                            "sun.nio.ch",
                            Set.of(core.getUnnamedModule())),
                    Set.of(),
                    Map.of());
            open = true;
        }
    }

    /** Loggers are found by the log manager, which a server sets before it makes itself. */
    private static Logger log() {
        return System.getLogger("dev.treadle.agent");
    }

    /**
     * Returns the side beside the container that has this class.
     *
     * @return null if the agent leaves the container alone
     * @throws IllegalStateException if it is to refuse, and must not be left alone
     */
    synchronized @Nullable ContainerSide of(Kind kind, Class<?> ofContainer) {
        ClassLoader loader = ofContainer.getClassLoader();
        Map<Kind, Decision> decisions =
                known.computeIfAbsent(loader, none -> new EnumMap<>(Kind.class));
        Decision before = decisions.get(kind);
        ContainerSide side = null;
        if (before != null) {
            WeakReference<ContainerSide> kept = before.side();
            side = kept == null ? null : kept.get();
            if (kept == null || side != null) {
                return side;
            }
        }
        side = decide(kind, ofContainer, loader);
        decisions.put(kind, Decision.of(side));
        return side;
    }

    private @Nullable ContainerSide decide(Kind kind, Class<?> ofContainer, ClassLoader loader) {
        if (loader.getResource(OURS) != null) {
            log().log(
                            Level.INFO,
                            kind.title()
                                    + ": the application has Treadle of its own, whose settings"
                                    + " apply; the agent leaves it alone");
            return null;
        }
        try {
            ContainerSide side = load(kind, ofContainer.getModule(), loader);
            return side.knowsVersion() ? side : unknown(kind, side.container());
        } catch (ReflectiveOperationException
                | LinkageError
                | UnsupportedOperationException
                | UncheckedIOException differs) {
            return unknown(kind, kind.title() + " (" + differs + ")");
        }
    }

    private ContainerSide load(Kind kind, Module container, ClassLoader loader)
            throws ReflectiveOperationException {
        openPackages();
        InnerLoader inner =
                new InnerLoader(
                        "treadle-" + kind.title().toLowerCase(Locale.ROOT),
                        jar,
                        kind.folder(),
                        core,
                        loader);
        if (container.isNamed()) {
            Set<Module> adapter = Set.of(inner.getUnnamedModule());
            Map<String, Set<Module>> opens = new HashMap<>();
            container.getPackages().forEach(each -> opens.put(each, adapter));
            instrumentation.redefineModule(
                    container, Set.of(), Map.of(), opens, Set.of(), Map.of());
        }
        Class<?> type = Class.forName(kind.sideClass(), true, inner);
        try {
            return (ContainerSide) type.getMethod("side").invoke(null);
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof LinkageError differs) {
                throw differs;
            }
            throw failed;
        }
    }

    /** A container whose classes are others. It is reported once, or refused each time. */
    synchronized void unknownOnce(Kind kind, Class<?> ofContainer) {
        Map<Kind, Decision> decisions =
                known.computeIfAbsent(
                        ofContainer.getClassLoader(), none -> new EnumMap<>(Kind.class));
        if (!decisions.containsKey(kind)) {
            String version = ofContainer.getPackage().getImplementationVersion();
            ContainerSide none =
                    unknown(kind, kind.title() + (version == null ? "" : " " + version));
            decisions.put(kind, Decision.of(none));
        }
    }

    /**
     * A container that the agent does not know.
     *
     * @throws IllegalStateException with {@code strict=true}
     */
    private @Nullable ContainerSide unknown(Kind kind, String seen) {
        String problem = seen + " (expected: " + kind.versions() + ")";
        if (strictness == Strictness.ON) {
            throw new IllegalStateException(
                    "not started, because the agent of Treadle has strict=true: " + problem);
        }
        log().log(Level.WARNING, "the server starts unchanged, on threads of its own: " + problem);
        return null;
    }
}
