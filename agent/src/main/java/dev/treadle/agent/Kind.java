package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

/** The containers, with the folder of the jar where their adapter is. */
enum Kind {
    TOMCAT("Tomcat", "10.1 or 11.0"),
    JETTY("Jetty", "12.0 or 12.1"),
    UNDERTOW("Undertow", "2.3");

    private final String title;
    private final String versions;

    Kind(String title, String versions) {
        this.title = title;
        this.versions = versions;
    }

    /**
     * Returns the container that a class is of; null: it is not one to be rewritten. It is here and
     * not beside the rewriting, so that a JVM without a container does not load that.
     */
    static @Nullable Kind of(@Nullable String className) {
        if (className == null) {
            return null;
        }
        return switch (className) {
            case ContainerClasses.TOMCAT -> TOMCAT;
            case ContainerClasses.JETTY -> JETTY;
            case ContainerClasses.UNDERTOW, ContainerClasses.UNDERTOW_SERVLET -> UNDERTOW;
            default -> null;
        };
    }

    String title() {
        return title;
    }

    /** Returns those that the agent knows. */
    String versions() {
        return title + " " + versions;
    }

    String folder() {
        return switch (this) {
            case TOMCAT -> "treadle/tomcat/";
            case JETTY -> "treadle/jetty/";
            case UNDERTOW -> "treadle/undertow/";
        };
    }

    /** Returns the class in that folder that is the agent's. */
    String sideClass() {
        return "dev.treadle.agent."
                + switch (this) {
                    case TOMCAT -> "tomcat.TomcatSide";
                    case JETTY -> "jetty.JettySide";
                    case UNDERTOW -> "undertow.UndertowSide";
                };
    }
}
