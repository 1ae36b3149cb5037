package dev.treadle.undertow.war;

import io.undertow.servlet.api.ClassIntrospecter;
import io.undertow.servlet.api.InstanceFactory;
import io.undertow.servlet.api.InstanceHandle;

import org.apache.tomcat.InstanceManager;
import org.apache.tomcat.util.descriptor.web.WebXml;
import org.jspecify.annotations.Nullable;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes the servlets, filters, listeners, endpoints and tags of an application: gives them their
 * resources, and calls what they want to have called first and last ({@code jakarta.annotation}).
 */
final class Injection implements ClassIntrospecter, InstanceManager {
    private final ClassLoader loader;
    private final ClassValue<Callbacks> callbacks;
    private final AtomicReference<@Nullable Throwable> lastFailure = new AtomicReference<>();

    Injection(WebXml descriptor, ClassLoader loader, EnvEntries entries) {
        this.loader = loader;
        this.callbacks =
                new ClassValue<>() {
                    @Override
                    protected Callbacks computeValue(Class<?> type) {
                        return new Callbacks(type, descriptor, entries);
                    }
                };
    }

    @Override
    public <T> InstanceFactory<T> createInstanceFactory(Class<T> type)
            throws NoSuchMethodException {
        Constructor<T> constructor = type.getDeclaredConstructor();
        return () -> {
            try {
                return new Handle<>(ready(constructor));
            } catch (ReflectiveOperationException | RuntimeException | LinkageError failed) {
                lastFailure.set(failed);
                InstantiationException wrapped = new InstantiationException(type.getName());
                wrapped.initCause(failed);
                throw wrapped;
            }
        };
    }

    /** Returns why the last instance that could not be made could not; null: there was none. */
    @Nullable Throwable lastFailure() {
        return lastFailure.get();
    }

    private <T> T ready(Constructor<T> constructor) throws ReflectiveOperationException {
        constructor.setAccessible(true);
        T made = constructor.newInstance();
        callbacks.get(made.getClass()).made(made);
        return made;
    }

    @Override
    public Object newInstance(Class<?> type)
            throws IllegalAccessException,
                    InvocationTargetException,
                    InstantiationException,
                    NoSuchMethodException {
        try {
            return ready(type.getDeclaredConstructor());
        } catch (IllegalAccessException
                | InvocationTargetException
                | InstantiationException
                | NoSuchMethodException known) {
            throw known;
        } catch (ReflectiveOperationException other) {
            throw new InvocationTargetException(other);
        }
    }

    @Override
    public Object newInstance(String name)
            throws IllegalAccessException,
                    InvocationTargetException,
                    InstantiationException,
                    NoSuchMethodException,
                    ClassNotFoundException {
        return newInstance(name, loader);
    }

    @Override
    public Object newInstance(String name, ClassLoader other)
            throws IllegalAccessException,
                    InvocationTargetException,
                    InstantiationException,
                    NoSuchMethodException,
                    ClassNotFoundException {
        return newInstance(other.loadClass(name));
    }

    @Override
    public void newInstance(Object made) throws IllegalAccessException, InvocationTargetException {
        try {
            callbacks.get(made.getClass()).made(made);
        } catch (IllegalAccessException | InvocationTargetException known) {
            throw known;
        } catch (ReflectiveOperationException other) {
            throw new InvocationTargetException(other);
        }
    }

    @Override
    public void destroyInstance(Object instance)
            throws IllegalAccessException, InvocationTargetException {
        callbacks.get(instance.getClass()).ending(instance);
    }

    private final class Handle<T> implements InstanceHandle<T> {
        private final T instance;

        Handle(T instance) {
            this.instance = instance;
        }

        @Override
        public T getInstance() {
            return instance;
        }

        @Override
        public void release() {
            try {
                destroyInstance(instance);
            } catch (ReflectiveOperationException failed) {
                throw new IllegalStateException(
                        instance.getClass().getName() + ": its PreDestroy method failed", failed);
            }
        }
    }
}
