package dev.treadle.it.standalone;

/** Jetty 12.1. */
final class Jetty121Test extends JettyContract {
    Jetty121Test() {
        super("jetty-home-12.1", false);
    }
}
