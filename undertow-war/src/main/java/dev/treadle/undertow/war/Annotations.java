package dev.treadle.undertow.war;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.annotation.WebListener;
import jakarta.servlet.annotation.WebServlet;

import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.descriptor.web.ServletDef;
import org.apache.tomcat.util.descriptor.web.WebXml;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.AnnotationValue;
import org.jboss.jandex.IndexView;

import java.lang.annotation.Annotation;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Adds what the annotations of one part declare to the descriptor of that part. The descriptor wins
 * (Servlet specification, 8.2.3).
 */
final class Annotations {
    private final WebXml descriptor;

    private Annotations(WebXml descriptor) {
        this.descriptor = descriptor;
    }

    static void addTo(WebXml descriptor, IndexView classes) {
        Annotations annotations = new Annotations(descriptor);
        annotations.each(classes, WebServlet.class, annotations::servlet);
        annotations.each(classes, WebFilter.class, annotations::filter);
        annotations.each(
                classes, WebListener.class, (type, listener) -> descriptor.addListener(type));
    }

    private void each(
            IndexView classes,
            Class<? extends Annotation> type,
            BiConsumer<String, AnnotationInstance> adder) {
        classes.getAnnotations(type).stream()
                .filter(found -> found.target().kind() == AnnotationTarget.Kind.CLASS)
                .sorted((one, two) -> name(one).compareTo(name(two)))
                .forEach(found -> adder.accept(name(found), found));
    }

    private static String name(AnnotationInstance onClass) {
        return onClass.target().asClass().name().toString();
    }

    private void servlet(String type, AnnotationInstance annotation) {
        String name = text(annotation, "name", type);
        ServletDef servlet = descriptor.getServlets().get(name);
        if (servlet == null) {
            servlet = new ServletDef();
            servlet.setServletName(name);
            servlet.setServletClass(type);
            descriptor.addServlet(servlet);
        } else if (servlet.getServletClass() == null && servlet.getJspFile() == null) {
            servlet.setServletClass(type);
        }
        AnnotationValue load = annotation.value("loadOnStartup");
        if (servlet.getLoadOnStartup() == null && load != null) {
            servlet.setLoadOnStartup(String.valueOf(load.asInt()));
        }
        if (servlet.getAsyncSupported() == null) {
            servlet.setAsyncSupported(String.valueOf(isAsync(annotation)));
        }
        for (AnnotationInstance parameter : parameters(annotation)) {
            String key = parameter.value("name").asString();
            if (!servlet.getParameterMap().containsKey(key)) {
                servlet.addInitParameter(key, parameter.value("value").asString());
            }
        }
        if (!descriptor.getServletMappings().containsValue(name)) {
            for (String pattern : patterns(annotation)) {
                descriptor.addServletMapping(pattern, name);
            }
        }
    }

    private void filter(String type, AnnotationInstance annotation) {
        String name = text(annotation, "filterName", type);
        FilterDef filter = descriptor.getFilters().get(name);
        if (filter == null) {
            filter = new FilterDef();
            filter.setFilterName(name);
            filter.setFilterClass(type);
            descriptor.addFilter(filter);
        } else if (filter.getFilterClass() == null) {
            filter.setFilterClass(type);
        }
        if (filter.getAsyncSupported() == null) {
            filter.setAsyncSupported(String.valueOf(isAsync(annotation)));
        }
        for (AnnotationInstance parameter : parameters(annotation)) {
            String key = parameter.value("name").asString();
            if (!filter.getParameterMap().containsKey(key)) {
                filter.addInitParameter(key, parameter.value("value").asString());
            }
        }
        boolean mapped =
                descriptor.getFilterMappings().stream()
                        .anyMatch(mapping -> name.equals(mapping.getFilterName()));
        if (!mapped) {
            addMapping(name, annotation);
        }
    }

    private void addMapping(String filter, AnnotationInstance annotation) {
        FilterMap mapping = new FilterMap();
        mapping.setFilterName(filter);
        patterns(annotation).forEach(mapping::addURLPattern);
        texts(annotation, "servletNames").forEach(mapping::addServletName);
        AnnotationValue dispatchers = annotation.value("dispatcherTypes");
        if (dispatchers != null) {
            for (String dispatcher : dispatchers.asEnumArray()) {
                mapping.setDispatcher(DispatcherType.valueOf(dispatcher).name());
            }
        }
        if (mapping.getURLPatterns().length + mapping.getServletNames().length > 0
                || mapping.getMatchAllUrlPatterns()) {
            descriptor.addFilterMapping(mapping);
        }
    }

    private static boolean isAsync(AnnotationInstance annotation) {
        AnnotationValue async = annotation.value("asyncSupported");
        return async != null && async.asBoolean();
    }

    private static List<AnnotationInstance> parameters(AnnotationInstance annotation) {
        AnnotationValue parameters = annotation.value("initParams");
        return parameters == null ? List.of() : List.of(parameters.asNestedArray());
    }

    private static List<String> patterns(AnnotationInstance annotation) {
        return Stream.concat(
                        texts(annotation, "value").stream(),
                        texts(annotation, "urlPatterns").stream())
                .toList();
    }

    private static List<String> texts(AnnotationInstance annotation, String member) {
        AnnotationValue value = annotation.value(member);
        return value == null ? List.of() : List.of(value.asStringArray());
    }

    private static String text(AnnotationInstance annotation, String member, String otherwise) {
        AnnotationValue value = annotation.value(member);
        return value == null || value.asString().isEmpty() ? otherwise : value.asString();
    }
}
