/** Workers in Jetty 12.0 and 12.1, with servlets of any level or without. */
module dev.treadle.jetty {
    requires transitive dev.treadle;
    requires transitive org.eclipse.jetty.server;
    requires static org.eclipse.jetty.http2.server; // a server without HTTP/2 works without it
    requires static transitive org.jspecify;

    exports dev.treadle.jetty;

    provides dev.treadle.spi.ContainerAdapter with
            dev.treadle.jetty.JettyAdapter;
}
