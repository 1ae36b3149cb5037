/** Workers in Undertow 2.3, with servlets or without. */
@SuppressWarnings({
    "requires-automatic",
    "requires-transitive-automatic"
}) // Undertow has no module descriptors
module dev.treadle.undertow {
    requires transitive dev.treadle;
    requires transitive undertow.core;
    requires static undertow.servlet; // where the application has it
    requires static jakarta.servlet;
    requires java.logging; // types of Undertow's own logger have types of it
    requires org.jctools.core.jdk11;
    requires static transitive org.jspecify;
    requires transitive xnio.api;

    exports dev.treadle.undertow;

    provides dev.treadle.spi.ContainerAdapter with
            dev.treadle.undertow.UndertowAdapter;
    provides io.undertow.servlet.ServletExtension with
            dev.treadle.undertow.LaterRuns,
            dev.treadle.undertow.DeploymentExtension;
}
