package dev.treadle.it.standalone;

/** Jetty 12.0. */
final class Jetty120Test extends JettyContract {
    Jetty120Test() {
        super("jetty-home-12.0", true);
    }
}
