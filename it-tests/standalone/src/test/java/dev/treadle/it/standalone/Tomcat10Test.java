package dev.treadle.it.standalone;

/** Tomcat 10.1. */
final class Tomcat10Test extends TomcatContract {
    Tomcat10Test() {
        super("apache-tomcat-10.1", true);
    }
}
