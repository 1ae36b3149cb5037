package dev.treadle.undertow.war;

import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;

import jakarta.servlet.ServletContainerInitializer;

import org.apache.jasper.servlet.JasperInitializer;
import org.apache.jasper.servlet.JspServlet;
import org.apache.tomcat.InstanceManager;
import org.apache.tomcat.JarScanner;
import org.apache.tomcat.util.descriptor.web.JspPropertyGroup;
import org.apache.tomcat.util.descriptor.web.WebXml;
import org.apache.tomcat.util.scan.StandardJarScanner;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Adds Tomcat's Jasper, which compiles JSPs and finds the tag libraries. */
final class Pages {
    static final String SERVLET = "jsp";

    private static final List<String> ENDINGS = List.of("*.jsp", "*.jspx");

    /** The language of pages: what the newer Jasper of the other containers takes. */
    private static final String JAVA = "17";

    private Pages() {}

    /**
     * @param defaults for Jasper's servlet, unless the application sets its own
     */
    static void add(
            WebXml from,
            DeploymentInfo to,
            InstanceManager instances,
            ServletContainerInitializer defaults) {
        to.setJspConfigDescriptor(from.getJspConfigDescriptor());
        to.addServletContextAttribute(InstanceManager.class.getName(), instances);
        StandardJarScanner scanner = new StandardJarScanner();
        // the jars of the container are not the application's
        scanner.setScanClassPath(false);
        to.addServletContextAttribute(JarScanner.class.getName(), scanner);
        if (!from.getServlets().containsKey(SERVLET)) {
            to.addServlet(servlet(from));
        }
        to.addServletContainerInitializer(initializer(new JasperInitializer()));
        to.addServletContainerInitializer(initializer(defaults));
    }

    private static ServletInfo servlet(WebXml from) {
        Set<String> patterns = new LinkedHashSet<>(ENDINGS);
        for (JspPropertyGroup group : from.getJspPropertyGroups()) {
            patterns.addAll(group.getUrlPatterns());
        }
        Map<String, String> taken = from.getServletMappings();
        patterns.removeIf(
                pattern -> taken.containsKey(pattern) && !SERVLET.equals(taken.get(pattern)));
        return new ServletInfo(SERVLET, JspServlet.class)
                .setAsyncSupported(true)
                .addInitParam("compilerSourceVM", JAVA)
                .addInitParam("compilerTargetVM", JAVA)
                .addMappings(patterns);
    }

    private static ServletContainerInitializerInfo initializer(
            ServletContainerInitializer initializer) {
        return new ServletContainerInitializerInfo(
                initializer.getClass(), new ImmediateInstanceFactory<>(initializer), Set.of());
    }
}
