package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;

/**
 * Rewrites the classes of the containers as they are loaded. Of every other class it compares the
 * name, and nothing more. The JVM swallows what a transformer throws; so a class that cannot be
 * rewritten is reported on the standard error stream, for loggers may not be there yet.
 */
final class ContainerTransformer implements ClassFileTransformer {
    private final Instrumentation instrumentation;
    private final Strictness strictness;

    ContainerTransformer(Instrumentation instrumentation, Strictness strictness) {
        this.instrumentation = instrumentation;
        this.strictness = strictness;
    }

    @Override
    public byte @Nullable [] transform(
            Module module,
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] code) {
        Kind kind = Kind.of(className);
        if (kind == null || className == null || loader == null) {
            return null;
        }
        try {
            if (!seesTheAgent(loader)) {
                refuse(
                        kind,
                        "class loader "
                                + loader
                                + " (expected: one that delegates to the system class loader)");
                return null;
            }
            if (module.isNamed()) {
                instrumentation.redefineModule(
                        module,
                        Set.of(Hook.class.getModule()),
                        Map.of(),
                        Map.of(),
                        Set.of(),
                        Map.of());
            }
            return ContainerClasses.rewritten(className, code);
        } catch (RuntimeException | LinkageError broken) {
            refuse(kind, className + ": " + broken + " (expected: " + kind.versions() + ")");
            return null;
        }
    }

    /** Whether the classes of a loader can call the agent. */
    static boolean seesTheAgent(ClassLoader loader) {
        try {
            return Class.forName(Hook.class.getName(), false, loader).equals(Hook.class);
        } catch (ClassNotFoundException notThere) {
            return false;
        }
    }

    private void refuse(Kind kind, String problem) {
        if (strictness == Strictness.ON) {
            Agent.end(kind.title() + " is not started, because of strict=true: " + problem);
        }
        System.err.println(
                Agent.PREFIX + "warning: " + kind.title() + " starts unchanged: " + problem);
    }
}
