package dev.treadle.undertow.war;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;

import org.apache.tomcat.util.descriptor.web.WebXml;

import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps for an instance of one class when it is made and before it ends. */
final class Callbacks {
    private final List<Setter> setters = new ArrayList<>();
    private final List<Method> afterConstruction = new ArrayList<>();
    private final List<Method> beforeEnd = new ArrayList<>();
    private final boolean annotations;
    private final EnvEntries entries;

    /** Gives an instance one resource. */
    private interface Setter {
        void set(Object instance) throws ReflectiveOperationException;
    }

    Callbacks(Class<?> type, WebXml descriptor, EnvEntries entries) {
        this.annotations = !descriptor.isMetadataComplete();
        this.entries = entries;
        for (Class<?> level : fromTheTop(type)) {
            if (annotations) {
                addResources(level);
            }
            callback(level, PostConstruct.class, descriptor.getPostConstructMethods())
                    .ifPresent(method -> addTo(afterConstruction, method));
            callback(level, PreDestroy.class, descriptor.getPreDestroyMethods())
                    .ifPresent(method -> addTo(beforeEnd, method));
        }
    }

    /** A call of the method above would run this one, which overrides it. */
    private static void addTo(List<Method> methods, Method method) {
        methods.removeIf(above ->
                above.getName().equals(method.getName())
                        && !Modifier.isPrivate(above.getModifiers()));
        methods.add(method);
    }

    private static Deque<Class<?>> fromTheTop(Class<?> type) {
        Deque<Class<?>> levels = new ArrayDeque<>();
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            // no class of the JDK wants anything of a container
            if (level.getClassLoader() != null) {
                levels.addFirst(level);
            }
        }
        return levels;
    }

    private void addResources(Class<?> level) {
        for (Field field : level.getDeclaredFields()) {
            Resource resource = field.getAnnotation(Resource.class);
            if (resource != null) {
                VarHandle handle = handle(level, field);
                Object value = value(level, field.getName(), resource);
                setters.add(instance -> handle.set(instance, value));
            }
        }
        for (Method method : level.getDeclaredMethods()) {
            Resource resource = method.getAnnotation(Resource.class);
            if (resource != null && method.getParameterCount() == 1) {
                method.setAccessible(true);
                Object value = value(level, property(method), resource);
                setters.add(instance -> method.invoke(instance, value));
            }
        }
    }

    /** It writes no final field. */
    private static VarHandle handle(Class<?> level, Field field) {
        try {
            return MethodHandles.privateLookupIn(level, MethodHandles.lookup())
                    .unreflectVarHandle(field);
        } catch (IllegalAccessException closed) {
            throw new IllegalStateException(
                    level.getName() + "." + field.getName() + ": cannot be written", closed);
        }
    }

    /** The name of the property, as in setName. */
    private static String property(Method setter) {
        String name = setter.getName();
        return name.startsWith("set") && name.length() > 3
                ? Character.toLowerCase(name.charAt(3)) + name.substring(4)
                : name;
    }

    private Object value(Class<?> level, String member, Resource resource) {
        String name = resource.name().isEmpty() ? level.getName() + "/" + member : resource.name();
        String asked = resource.lookup().isEmpty() ? name : resource.lookup();
        return entries.get(asked)
                .orElseThrow(() ->
                        new IllegalStateException(
                                "@Resource "
                                        + asked
                                        + " of "
                                        + level.getName()
                                        + "."
                                        + member
                                        + " (expected: the name of an env-entry in web.xml, or of a"
                                        + " resource that the server gives): there is none of that"
                                        + " name"));
    }

    private Optional<Method> callback(
            Class<?> level, Class<? extends Annotation> annotation, Map<String, String> declared) {
        String name = declared.get(level.getName());
        for (Method method : level.getDeclaredMethods()) {
            if (method.getParameterCount() == 0
                    && (method.getName().equals(name) || isAnnotated(method, annotation))) {
                method.setAccessible(true);
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    private boolean isAnnotated(AnnotatedElement element, Class<? extends Annotation> annotation) {
        return annotations && element.isAnnotationPresent(annotation);
    }

    void made(Object instance) throws ReflectiveOperationException {
        for (Setter setter : setters) {
            setter.set(instance);
        }
        for (Method method : afterConstruction) {
            method.invoke(instance);
        }
    }

    void ending(Object instance) throws IllegalAccessException, InvocationTargetException {
        for (int i = beforeEnd.size() - 1; i >= 0; i--) {
            beforeEnd.get(i).invoke(instance);
        }
    }
}
