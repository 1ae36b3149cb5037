package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.host.WarVersion;

import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;

/**
 * Makes contexts that {@link Tomcat#addWebapp} cannot make: with a version, and not started yet.
 */
final class VersionedTomcat extends Tomcat {
    /**
     * Makes a context as {@code addWebapp} does. Several versions of one path can be children of
     * one host.
     */
    StandardContext newContext(WarVersion version) {
        String path = version.war().contextPath().equals("/") ? "" : version.war().contextPath();
        String source = version.source().toString();
        StandardContext context = new StandardContext();
        String number = number(version);
        context.setName(number.isEmpty() ? path : path + "##" + number);
        context.setPath(path);
        context.setWebappVersion(number);
        context.setDocBase(source);
        context.addLifecycleListener(getDefaultWebXmlListener());
        context.setConfigFile(getWebappConfigFile(source, path));
        ContextConfig config = new ContextConfig();
        config.setDefaultWebXml(noDefaultWebXmlPath());
        context.addLifecycleListener(config);
        return context;
    }

    /** Tomcat compares versions as text, and the empty one is the oldest. */
    private static String number(WarVersion version) {
        return version.number() == 0 ? "" : String.format("%010d", version.number());
    }
}
