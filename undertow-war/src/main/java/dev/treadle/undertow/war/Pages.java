package dev.treadle.undertow.war;

import static java.util.Objects.requireNonNull;

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
import java.util.Set;

/** Adds Tomcat's Jasper, which compiles JSPs and finds the tag libraries. */
final class Pages {
    static final String SERVLET = "jsp";

    private static final List<String> ENDINGS = List.of("*.jsp", "*.jspx");

    /** The language of pages: that of Tomcat 11, whose Jasper is newer. */
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
        if (!to.getServlets().containsKey(SERVLET)) {
            to.addServlet(new ServletInfo(SERVLET, JspServlet.class).setAsyncSupported(true));
        }
        complete(requireNonNull(to.getServlets().get(SERVLET)), from);
        to.addServletContainerInitializer(initializer(new JasperInitializer()));
        to.addServletContainerInitializer(initializer(defaults));
    }

    /** The settings of the application for the servlet itself win. */
    private static void complete(ServletInfo servlet, WebXml from) {
        Set<String> patterns = new LinkedHashSet<>(ENDINGS);
        for (JspPropertyGroup group : from.getJspPropertyGroups()) {
            patterns.addAll(group.getUrlPatterns());
        }
        from.getServletMappings()
                .forEach((pattern, name) -> {
                    if (name.equals(SERVLET)) {
                        patterns.add(pattern);
                    } else {
                        patterns.remove(pattern);
                    }
                });
        patterns.removeAll(servlet.getMappings());
        servlet.addMappings(patterns);
        for (String parameter : List.of("compilerSourceVM", "compilerTargetVM")) {
            if (!servlet.getInitParams().containsKey(parameter)) {
                servlet.addInitParam(parameter, JAVA);
            }
        }
    }

    private static ServletContainerInitializerInfo initializer(
            ServletContainerInitializer initializer) {
        return new ServletContainerInitializerInfo(
                initializer.getClass(), new ImmediateInstanceFactory<>(initializer), Set.of());
    }
}
