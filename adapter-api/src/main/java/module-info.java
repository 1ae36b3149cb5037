/**
 * Cooperative workers for Servlet containers: the neutral core, which knows no container.
 *
 * <p>Applications use {@code dev.treadle}, {@code dev.treadle.settings} and {@code
 * dev.treadle.stats}. The other exported packages are for the adapters, which come in modules of
 * their own.
 */
@SuppressWarnings("module") // the modules that some packages are for are compiled after this one
module dev.treadle {
    requires java.management;
    requires static jdk.jfr; // a runtime image may lack it
    requires org.jctools.core.jdk11;
    requires static transitive org.jspecify;

    exports dev.treadle;
    exports dev.treadle.settings;
    exports dev.treadle.stats;
    exports dev.treadle.gate to
            dev.treadle.boot,
            dev.treadle.jetty,
            dev.treadle.tomcat,
            dev.treadle.undertow;
    exports dev.treadle.loop to
            dev.treadle.jetty,
            dev.treadle.tomcat,
            dev.treadle.undertow;
    exports dev.treadle.spi to
            dev.treadle.boot,
            dev.treadle.jetty,
            dev.treadle.tomcat,
            dev.treadle.undertow;

    uses dev.treadle.SpawnContext;
    uses dev.treadle.spi.ContainerAdapter;
}
