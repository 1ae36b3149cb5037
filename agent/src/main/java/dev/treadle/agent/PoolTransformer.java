package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;

/**
 * Rewrites the classes of the application that make pools, as they are loaded. The JVM swallows
 * throws of a transformer, so all that cannot be rewritten goes into the report.
 */
final class PoolTransformer implements ClassFileTransformer {
    private static final ClassLoader OF_THE_PLATFORM = ClassLoader.getPlatformClassLoader();

    private final Instrumentation instrumentation;
    private final ExecutorPatterns patterns;
    private final PoolReport report;

    PoolTransformer(Instrumentation instrumentation, ExecutorPatterns patterns, PoolReport report) {
        this.instrumentation = instrumentation;
        this.patterns = patterns;
        this.report = report;
    }

    @Override
    public byte @Nullable [] transform(
            Module module,
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] code) {
        if (className == null
                || loader == null
                || loader.equals(OF_THE_PLATFORM)
                || loader instanceof InnerLoader
                || isOfTheJdk(module)) {
            return null;
        }
        String name = className.replace('/', '.');
        try {
            return patterns.matches(name) && PoolClasses.mayMakePools(code)
                    ? rewritten(module, loader, name, code)
                    : null;
        } catch (RuntimeException | LinkageError broken) {
            report.left(name, "class", "it cannot be rewritten: " + broken);
            return null;
        }
    }

    /** Some modules of the JDK are in the class loader of the application. */
    private static boolean isOfTheJdk(Module module) {
        return module.isNamed()
                && (module.getName().startsWith("java.") || module.getName().startsWith("jdk."));
    }

    private byte @Nullable [] rewritten(
            Module module, ClassLoader loader, String name, byte[] code) {
        byte[] changed = PoolClasses.rewritten(code);
        if (changed == null) {
            return null;
        }
        if (!ContainerTransformer.seesTheAgent(loader)) {
            report.left(
                    loader.getClass().getName(),
                    "class loader",
                    "it does not delegate to the system class loader; one of its classes is "
                            + name);
            return null;
        }
        Module agent = Pools.class.getModule();
        if (module.isNamed() && !module.canRead(agent)) {
            instrumentation.redefineModule(
                    module, Set.of(agent), Map.of(), Map.of(), Set.of(), Map.of());
        }
        return changed;
    }
}
