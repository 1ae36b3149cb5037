package dev.treadle.undertow.war;

import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.ErrorPage;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.api.InstanceFactory;
import io.undertow.servlet.api.ListenerInfo;
import io.undertow.servlet.api.MimeMapping;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.handlers.DefaultServlet;

import jakarta.annotation.security.DeclareRoles;
import jakarta.annotation.security.RunAs;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.ServletSecurity;

import org.apache.jasper.servlet.JspServlet;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.descriptor.web.MultipartDef;
import org.apache.tomcat.util.descriptor.web.ServletDef;
import org.apache.tomcat.util.descriptor.web.WebXml;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.Map;
import java.util.Set;

/** Translates the merged descriptor into Undertow's deployment. */
final class Translation {
    private static final String DEFAULT_SERVLET = "default";

    private final WebXml from;
    private final DeploymentInfo to;
    private final ClassLoader loader;
    private final Injection injection;

    private Translation(WebXml from, DeploymentInfo to, Injection injection) {
        this.from = from;
        this.to = to;
        this.loader = to.getClassLoader();
        this.injection = injection;
    }

    /** Adds all that the descriptor says, but for what {@link Security} and {@link Pages} do. */
    static void add(WebXml from, DeploymentInfo to, Injection injection)
            throws IOException, InvalidWarException {
        Translation translation = new Translation(from, to, injection);
        translation.settings();
        for (ServletDef servlet : from.getServlets().values()) {
            translation.servlet(servlet);
        }
        translation.mappings();
        for (FilterDef filter : from.getFilters().values()) {
            translation.filter(filter);
        }
        translation.filterMappings();
        for (String listener : from.getListeners()) {
            translation.listener(listener);
        }
        for (var page : from.getErrorPages().values()) {
            to.addErrorPage(translation.errorPage(page));
        }
    }

    private void settings() throws IOException {
        to.setDisplayName(from.getDisplayName())
                .setMajorVersion(from.getMajorVersion())
                .setMinorVersion(from.getMinorVersion())
                .setDefaultRequestEncoding(from.getRequestCharacterEncoding())
                .setDefaultResponseEncoding(from.getResponseCharacterEncoding());
        from.getContextParams().forEach(to::addInitParameter);
        from.getLocaleEncodingMappings().forEach(to::addLocaleCharsetMapping);
        from.getMimeMappings()
                .forEach((ending, type) -> to.addMimeMapping(new MimeMapping(ending, type)));
        Path root = ((PathResourceManager) to.getResourceManager()).getBasePath();
        to.addWelcomePages(WelcomePages.of(from.getWelcomeFiles(), root));
        Sessions.add(from.getSessionConfig(), to);
    }

    private void servlet(ServletDef def) throws InvalidWarException {
        if (Boolean.FALSE.equals(def.getEnabled())) {
            return;
        }
        String name = def.getServletName();
        ServletInfo info = def.getJspFile() == null ? ofClass(def) : ofPage(def);
        def.getParameterMap().forEach(info::addInitParam);
        info.setAsyncSupported(Boolean.TRUE.equals(def.getAsyncSupported()))
                .setLoadOnStartup(def.getLoadOnStartup());
        if (def.getRunAs() != null) {
            info.setRunAs(def.getRunAs());
        }
        if (def.getMultipartDef() != null) {
            info.setMultipartConfig(multipart(name, def.getMultipartDef()));
        }
        def.getSecurityRoleRefs()
                .forEach(role -> info.addSecurityRoleRef(role.getName(), role.getLink()));
        to.addServlet(info);
    }

    private ServletInfo ofClass(ServletDef def) throws InvalidWarException {
        String what = "servlet " + def.getServletName();
        if (def.getServletClass() == null) {
            throw new InvalidWarException(
                    what + " (expected: a servlet-class or a jsp-file): it has neither");
        }
        Class<? extends Servlet> type =
                WarClasses.load(loader, what, def.getServletClass(), Servlet.class);
        ServletInfo info = new ServletInfo(def.getServletName(), type, factory(type));
        if (!from.isMetadataComplete()) {
            annotations(type, info);
        }
        return info;
    }

    /** The annotations that a servlet may have wherever it is declared; the descriptor wins. */
    private void annotations(Class<? extends Servlet> type, ServletInfo info) {
        MultipartConfig multipart = type.getAnnotation(MultipartConfig.class);
        if (multipart != null) {
            info.setMultipartConfig(new MultipartConfigElement(multipart));
        }
        RunAs runAs = type.getAnnotation(RunAs.class);
        if (runAs != null) {
            info.setRunAs(runAs.value());
        }
        ServletSecurity security = type.getAnnotation(ServletSecurity.class);
        if (security != null) {
            info.setServletSecurityInfo(Security.of(security));
        }
        DeclareRoles roles = type.getAnnotation(DeclareRoles.class);
        if (roles != null) {
            to.addSecurityRoles(roles.value());
        }
    }

    private static ServletInfo ofPage(ServletDef def) {
        String page = def.getJspFile();
        return new ServletInfo(def.getServletName(), JspServlet.class)
                .addInitParam("jspFile", page.startsWith("/") ? page : "/" + page);
    }

    private static MultipartConfigElement multipart(String servlet, MultipartDef def)
            throws InvalidWarException {
        try {
            return new MultipartConfigElement(
                    def.getLocation(),
                    number(def.getMaxFileSize(), -1),
                    number(def.getMaxRequestSize(), -1),
                    Math.toIntExact(number(def.getFileSizeThreshold(), 0)));
        } catch (NumberFormatException | ArithmeticException wrong) {
            throw new InvalidWarException(
                    "servlet "
                            + servlet
                            + ": multipart-config (expected: sizes in bytes): "
                            + wrong.getMessage(),
                    wrong);
        }
    }

    private static long number(@Nullable String text, long otherwise) {
        return text == null ? otherwise : Long.parseLong(text.strip());
    }

    private void mappings() throws InvalidWarException {
        for (Map.Entry<String, String> mapping : from.getServletMappings().entrySet()) {
            String name = mapping.getValue();
            ServletInfo servlet = to.getServlets().get(name);
            if (servlet != null) {
                servlet.addMapping(mapping.getKey());
            } else if (name.equals(DEFAULT_SERVLET)) {
                // Undertow has it by that name, but without a mapping of the application
                to.addServlet(
                        new ServletInfo(DEFAULT_SERVLET, DefaultServlet.class)
                                .addMapping(mapping.getKey()));
            } else if (!name.equals(Pages.SERVLET) && !from.getServlets().containsKey(name)) {
                throw new InvalidWarException(
                        "servlet-mapping "
                                + mapping.getKey()
                                + ": "
                                + name
                                + " (expected: the name of a servlet of the application)");
            }
        }
    }

    private void filter(FilterDef def) throws InvalidWarException {
        String what = "filter " + def.getFilterName();
        if (def.getFilterClass() == null) {
            throw new InvalidWarException(what + " (expected: a filter-class): it has none");
        }
        Class<? extends Filter> type =
                WarClasses.load(loader, what, def.getFilterClass(), Filter.class);
        FilterInfo info = new FilterInfo(def.getFilterName(), type, factory(type));
        info.setAsyncSupported(def.getAsyncSupportedBoolean());
        def.getParameterMap().forEach(info::addInitParam);
        to.addFilter(info);
    }

    /** Mappings by path come before those by servlet (Servlet specification, 6.2.4). */
    private void filterMappings() {
        for (FilterMap mapping : from.getFilterMappings()) {
            for (DispatcherType type : dispatchers(mapping)) {
                if (mapping.getMatchAllUrlPatterns()) {
                    to.addFilterUrlMapping(mapping.getFilterName(), "/*", type);
                }
                for (String pattern : mapping.getURLPatterns()) {
                    to.addFilterUrlMapping(mapping.getFilterName(), pattern, type);
                }
            }
        }
        for (FilterMap mapping : from.getFilterMappings()) {
            for (DispatcherType type : dispatchers(mapping)) {
                if (mapping.getMatchAllServletNames()) {
                    to.addFilterServletNameMapping(mapping.getFilterName(), "*", type);
                }
                for (String servlet : mapping.getServletNames()) {
                    to.addFilterServletNameMapping(mapping.getFilterName(), servlet, type);
                }
            }
        }
    }

    private static Set<DispatcherType> dispatchers(FilterMap mapping) {
        Set<DispatcherType> types = EnumSet.noneOf(DispatcherType.class);
        for (String name : mapping.getDispatcherNames()) {
            types.add(DispatcherType.valueOf(name));
        }
        return types.isEmpty() ? EnumSet.of(DispatcherType.REQUEST) : types;
    }

    private void listener(String name) throws InvalidWarException {
        Class<? extends EventListener> type =
                WarClasses.load(loader, "listener", name, EventListener.class);
        to.addListener(new ListenerInfo(type, factory(type)));
    }

    private ErrorPage errorPage(org.apache.tomcat.util.descriptor.web.ErrorPage page)
            throws InvalidWarException {
        if (page.getExceptionType() != null) {
            return new ErrorPage(
                    page.getLocation(),
                    WarClasses.load(
                            loader, "error-page", page.getExceptionType(), Throwable.class));
        }
        return page.getErrorCode() == 0
                ? new ErrorPage(page.getLocation())
                : new ErrorPage(page.getLocation(), page.getErrorCode());
    }

    private <T> InstanceFactory<? extends T> factory(Class<? extends T> type)
            throws InvalidWarException {
        try {
            return injection.createInstanceFactory(type);
        } catch (NoSuchMethodException none) {
            throw new InvalidWarException(
                    type.getName() + " (expected: a constructor without parameters)", none);
        }
    }
}
