package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.instrument.Instrumentation;

/**
 * The agent of {@code -javaagent:treadle-agent.jar=gevent=1000}. It reads the settings before the
 * application begins, and lets the classes of Tomcat, Jetty and Undertow call it when a server is
 * made. All else waits for that call, for every start of a JVM pays for what is done here. For the
 * same reason nothing here is a lambda or a stream.
 *
 * <p>Nothing here uses a logger: the first use would choose the log manager, which a server sets
 * later.
 *
 * @since 0.2.0
 */
public final class Agent {
    /** The begin of a line on the standard error stream. */
    static final String PREFIX = "treadle-agent: ";

    private static final String CORE = "treadle/core/";
    private static final String CORE_SIDE = "dev.treadle.agent.core.AgentCore";
    private static final int FAILED = 1;

    private static boolean begun; // of the thread that starts the JVM

    private Agent() {}

    /**
     * Called by the JVM for an option {@code -javaagent}.
     *
     * @param arguments what follows the jar and {@code =}; null: nothing
     * @param instrumentation that of the JVM
     */
    public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
        String given = arguments == null ? "" : arguments;
        Strictness strictness = Strictness.of(given);
        try {
            begin(given, strictness, instrumentation);
        } catch (IllegalArgumentException invalid) {
            fail(strictness, String.valueOf(invalid.getMessage()));
        } catch (RuntimeException | LinkageError broken) {
            // the JVM would print a stack and end, whatever the strictness
            fail(strictness, "-javaagent: " + broken + " (expected: treadle-agent.jar as built)");
        }
    }

    private static void fail(Strictness strictness, String problem) {
        if (strictness == Strictness.OFF) {
            System.err.println(PREFIX + "warning: the application starts unchanged: " + problem);
        } else {
            System.err.println(PREFIX + problem);
            System.exit(FAILED);
        }
    }

    /**
     * Called by the JVM for the {@code Launcher-Agent-Class} of an executable jar; the settings are
     * in the environment then.
     *
     * @param arguments none
     * @param instrumentation that of the JVM
     */
    public static void agentmain(@Nullable String arguments, Instrumentation instrumentation) {
        premain(arguments, instrumentation);
    }

    private static void begin(
            String arguments, Strictness strictness, Instrumentation instrumentation) {
        if (begun) {
            throw new IllegalArgumentException(
                    "-javaagent: treadle-agent.jar a second time (expected: once)");
        }
        begun = true;
        InnerJar jar = jar();
        InnerLoader core =
                new InnerLoader(
                        "treadle-core", jar, CORE, null, ClassLoader.getPlatformClassLoader());
        CoreSide side = coreSide(core);
        ExecutorPatterns pools = side.resolve(arguments);
        Sides sides = new Sides(instrumentation, jar, core, strictness);
        if (pools != null) {
            sides.openPackages();
            side.prepareVirtualThreads();
        }
        Hook.start(sides);
        instrumentation.addTransformer(new ContainerTransformer(instrumentation, strictness));
        if (pools != null) {
            PoolReport report = new PoolReport();
            Pools.start(report, side);
            instrumentation.addTransformer(new PoolTransformer(instrumentation, pools, report));
        }
    }

    private static InnerJar jar() {
        try {
            return InnerJar.of(Agent.class);
        } catch (IOException notThere) {
            throw new IllegalArgumentException(
                    "-javaagent: " + notThere.getMessage() + " (expected: treadle-agent.jar)",
                    notThere);
        }
    }

    private static CoreSide coreSide(InnerLoader core) {
        try {
            return Class.forName(CORE_SIDE, true, core)
                    .asSubclass(CoreSide.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException broken) {
            throw new IllegalArgumentException(
                    "-javaagent: a jar without " + CORE_SIDE + " (expected: treadle-agent.jar)",
                    broken);
        }
    }

    /**
     * Ends the JVM with a message, at once: a class is being loaded. A shutdown hook that needs
     * that class would wait for this thread, and an exit would wait for the hook.
     */
    static void end(String message) {
        System.err.println(PREFIX + message);
        System.err.flush();
        Runtime.getRuntime().halt(FAILED);
    }
}
