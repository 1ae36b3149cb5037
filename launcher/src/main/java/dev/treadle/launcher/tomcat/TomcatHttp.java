package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.RequestSink;

import org.apache.catalina.Engine;

/** Sets Tomcat up as the options about HTTP say. */
final class TomcatHttp {
    private TomcatHttp() {}

    /** Adds the valves that requests meet once they are admitted. */
    static void addBehindGate(Engine engine, HttpOptions http) {
        RequestSink sink = http.sink();
        if (sink != null) {
            engine.getPipeline().addValve(new RequestLogValve(sink));
        }
    }
}
