/** An application of named modules on an embedded Tomcat. */
module com.example {
    requires dev.treadle;
    requires dev.treadle.tomcat;
    requires org.apache.tomcat.embed.core;
}
