package dev.treadle.undertow.war;

import io.undertow.servlet.api.InstanceFactory;
import io.undertow.servlet.util.ConstructorInstanceFactory;

/** Loads the classes that a WAR names. */
final class WarClasses {
    private WarClasses() {}

    /**
     * Loads a class.
     *
     * @param what who names it, for the message
     */
    static <T> Class<? extends T> load(ClassLoader loader, String what, String name, Class<T> kind)
            throws InvalidWarException {
        try {
            return loader.loadClass(name).asSubclass(kind);
        } catch (ClassNotFoundException missing) {
            throw new InvalidWarException(
                    what
                            + ": "
                            + name
                            + " (expected: a class in WEB-INF/classes or WEB-INF/lib): there is none of"
                            + " that name",
                    missing);
        } catch (ClassCastException other) {
            throw new InvalidWarException(
                    what + ": " + name + " (expected: a " + kind.getName() + ")", other);
        }
    }

    static <T> InstanceFactory<T> constructor(Class<T> type) throws NoSuchMethodException {
        return new ConstructorInstanceFactory<>(type.getDeclaredConstructor());
    }
}
