package dev.treadle.undertow.war;

import org.apache.tomcat.util.descriptor.web.ContextEnvironment;
import org.apache.tomcat.util.descriptor.web.WebXml;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The resources that an application can have: the {@code env-entry} elements of the descriptor, and
 * the objects that the server gives, which replace those of the same name.
 */
final class EnvEntries {
    private static final String ENVIRONMENT = "java:comp/env/";

    private final Map<String, Object> values = new HashMap<>();

    EnvEntries(WebXml descriptor, ClassLoader loader, Map<String, Object> given)
            throws InvalidWarException {
        for (ContextEnvironment entry : descriptor.getEnvEntries().values()) {
            if (entry.getValue() != null) {
                values.put(entry.getName(), value(entry, loader));
            }
        }
        values.putAll(given);
    }

    /** Returns all by their names below {@code java:comp/env}. */
    Map<String, Object> all() {
        return Map.copyOf(values);
    }

    /** Returns the value of a name, with or without {@code java:comp/env/} before it. */
    Optional<Object> get(String name) {
        return Optional.ofNullable(
                values.get(
                        name.startsWith(ENVIRONMENT)
                                ? name.substring(ENVIRONMENT.length())
                                : name));
    }

    private static Object value(ContextEnvironment entry, ClassLoader loader)
            throws InvalidWarException {
        String text = entry.getValue();
        String type = entry.getType() == null ? String.class.getName() : entry.getType();
        try {
            return switch (type) {
                case "java.lang.String" -> text;
                case "java.lang.Boolean" -> Boolean.valueOf(text);
                case "java.lang.Byte" -> Byte.decode(text);
                case "java.lang.Short" -> Short.decode(text);
                case "java.lang.Integer" -> Integer.decode(text);
                case "java.lang.Long" -> Long.decode(text);
                case "java.lang.Float" -> Float.valueOf(text);
                case "java.lang.Double" -> Double.valueOf(text);
                case "java.lang.Character" -> character(text);
                case "java.lang.Class" -> loader.loadClass(text);
                default -> constant(loader.loadClass(type), text);
            };
        } catch (IllegalArgumentException | ClassNotFoundException wrong) {
            throw new InvalidWarException(
                    "env-entry "
                            + entry.getName()
                            + ": "
                            + text
                            + " (expected: a value of "
                            + type
                            + ")",
                    wrong);
        }
    }

    private static Character character(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException(text);
        }
        return text.charAt(0);
    }

    private static Object constant(Class<?> type, String name) {
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (((Enum<?>) constant).name().equals(name)) {
                    return constant;
                }
            }
        }
        throw new IllegalArgumentException(name);
    }
}
