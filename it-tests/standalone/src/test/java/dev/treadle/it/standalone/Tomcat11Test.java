package dev.treadle.it.standalone;

/** Tomcat 11. */
final class Tomcat11Test extends TomcatContract {
    Tomcat11Test() {
        super("apache-tomcat-11.0", false);
    }
}
