/** Workers in Tomcat 10.1 and 11. */
module dev.treadle.tomcat {
    requires transitive dev.treadle;
    requires transitive org.apache.tomcat.embed.core;
    requires static transitive org.jspecify;

    exports dev.treadle.tomcat;

    provides dev.treadle.spi.ContainerAdapter with
            dev.treadle.tomcat.TomcatAdapter;
}
