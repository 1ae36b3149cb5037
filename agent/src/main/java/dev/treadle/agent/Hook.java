package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The classes of the containers call these methods, once the agent has rewritten them. Nobody else
 * has a use for them.
 *
 * @since 0.2.0
 */
public final class Hook {
    private static volatile @Nullable Sides sides;

    private Hook() {}

    static void start(Sides all) {
        sides = all;
    }

    private static @Nullable ContainerSide side(Kind kind, Class<?> ofContainer) {
        Sides all = sides;
        return all == null ? null : all.of(kind, ofContainer);
    }

    /**
     * At the end of the constructor of Tomcat's server.
     *
     * @param server the server
     * @param type the class of the constructor
     */
    public static void tomcat(Object server, Class<?> type) {
        ContainerSide side = side(Kind.TOMCAT, type);
        if (side != null) {
            side.made(server);
        }
    }

    /**
     * At the begin of the constructor of Jetty's server.
     *
     * @param pool its argument
     * @param type the class of the constructor
     * @return what the argument is to be
     */
    public static @Nullable Object jetty(@Nullable Object pool, Class<?> type) {
        ContainerSide side = side(Kind.JETTY, type);
        return side == null ? pool : side.pool(pool);
    }

    /**
     * At the begin of the start of an Undertow.
     *
     * @param server the server
     */
    public static void undertowStarting(Object server) {
        ContainerSide side = side(Kind.UNDERTOW, server.getClass());
        if (side != null) {
            side.starting(server);
        }
    }

    /**
     * At the begin of the stop of an Undertow.
     *
     * @param server the server
     */
    public static void undertowStopping(Object server) {
        ContainerSide side = side(Kind.UNDERTOW, server.getClass());
        if (side != null) {
            side.stopping(server);
        }
    }

    /**
     * At the end of the stop of an Undertow, and of a start that fails.
     *
     * @param server the server
     */
    public static void undertowStopped(Object server) {
        ContainerSide side = side(Kind.UNDERTOW, server.getClass());
        if (side != null) {
            side.stopped(server);
        }
    }

    /**
     * When Undertow deploys a web application.
     *
     * @param deployment its {@code DeploymentInfo}
     * @param context its {@code ServletContext}
     * @param type the class that deploys
     */
    public static void undertowDeploying(Object deployment, Object context, Class<?> type) {
        ContainerSide side = side(Kind.UNDERTOW, type);
        if (side != null) {
            side.deploying(deployment, context);
        }
    }

    /**
     * At the begin of a constructor, where the class has not the method that the agent looks for.
     *
     * @param type the class
     * @param kind the name of the container
     */
    public static void unknown(Class<?> type, String kind) {
        Sides all = sides;
        if (all != null) {
            Arrays.stream(Kind.values())
                    .filter(each -> each.title().equals(kind))
                    .forEach(each -> all.unknownOnce(each, type));
        }
    }
}
