package dev.treadle.internal.gate;

import dev.treadle.internal.base.ClientText;
import dev.treadle.internal.base.StackFrames;

import org.jspecify.annotations.Nullable;

import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Thread-locals with an initial value that the virtual threads of requests have: each request makes
 * its own copy. A look reads some fields of the JDK, as far as {@code java.base/java.lang} is open,
 * and takes no lock. It calls no code of an application.
 *
 * <p><b>Only what a copy has for itself counts.</b> An object that two threads reach is shared.
 * Those of the JDK count if they are arrays, buffers or builders of text; those of containers and
 * frameworks do not. So the bytes of a copy are at least the ones that are told.
 */
final class ThreadLocalCopies {
    private static final int MOST_THREADS = 50;
    private static final int MOST_OBJECTS = 256; // of one copy
    private static final int MOST_ELEMENTS = 64; // of one array
    private static final int MOST_TOLD = 20;
    private static final int LEAST_BYTES = 1_024;
    private static final int HEADER = 16;
    private static final String SUPPLIED = "java.lang.ThreadLocal$SuppliedThreadLocal";

    /** What begins the rest of the name of a lambda's class. */
    private static final String LAMBDA = "$$Lambda";

    private final Field threadLocals;
    private final Field table;
    private final Field value;
    private final Field supplier;
    private final IdentityHashMap<Object, Copies> byKey = new IdentityHashMap<>();
    private final Map<Class<?>, List<Field>> fields = new HashMap<>();
    private int threads;

    private ThreadLocalCopies() throws ReflectiveOperationException {
        threadLocals = opened(Thread.class, "threadLocals");
        table = opened(Class.forName("java.lang.ThreadLocal$ThreadLocalMap"), "table");
        value = opened(Class.forName("java.lang.ThreadLocal$ThreadLocalMap$Entry"), "value");
        supplier = opened(Class.forName(SUPPLIED), "supplier");
    }

    private static Field opened(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** The copies of one thread-local. */
    private static final class Copies {
        final String owner;
        final String type;
        final String request;
        int count;
        private final List<IdentityHashMap<Object, Integer>> parts = new ArrayList<>();
        private final IdentityHashMap<Object, Integer> reachedBy = new IdentityHashMap<>();

        Copies(String owner, String type, String request) {
            this.owner = owner;
            this.type = type;
            this.request = request;
        }

        void add(IdentityHashMap<Object, Integer> sizes) {
            count++;
            parts.add(sizes);
            sizes.keySet().forEach(each -> reachedBy.merge(each, 1, Integer::sum));
        }

        /** Returns the bytes of a copy, on average, without what is shared. */
        long bytes() {
            long sum = 0;
            for (IdentityHashMap<Object, Integer> each : parts) {
                for (Map.Entry<Object, Integer> part : each.entrySet()) {
                    sum += reachedBy.getOrDefault(part.getKey(), 0) == 1 ? part.getValue() : 0;
                }
            }
            return sum / count;
        }

        Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("owner", owner);
            map.put("type", type);
            map.put("requests", count);
            map.put("bytes", bytes());
            map.put("request", request);
            return map;
        }
    }

    /**
     * Returns {@code requests}, how many were looked at, and {@code copies}, the greatest first: a
     * list of maps with {@code owner}, {@code type}, {@code requests}, {@code bytes} (of one copy)
     * and {@code request}. There are none where the JDK is not open.
     */
    static Map<String, Object> toMap(RequestGate gate) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("requests", 0);
        map.put("copies", List.of());
        try {
            ThreadLocalCopies look = new ThreadLocalCopies();
            List<RequestPermit> permits = new ArrayList<>();
            gate.forEachInside(permits::add);
            for (RequestPermit permit : permits) {
                Thread thread = permit.runner();
                if (thread != null && thread.isVirtual() && look.threads < MOST_THREADS) {
                    look.add(thread, ClientText.shown(permit.method() + " " + permit.path()));
                }
            }
            map.put("requests", look.threads);
            map.put("copies", look.told());
        } catch (ReflectiveOperationException | InaccessibleObjectException notOpen) {
            return map; // no hubs on this JVM, and so not known
        }
        return map;
    }

    private List<Map<String, Object>> told() {
        return byKey.values().stream()
                .filter(each -> each.bytes() >= LEAST_BYTES)
                .sorted(Comparator.comparingLong(Copies::bytes).reversed())
                .limit(MOST_TOLD)
                .map(Copies::toMap)
                .toList();
    }

    private void add(Thread thread, String request) throws IllegalAccessException {
        threads++;
        Object map = threadLocals.get(thread);
        if (map == null || !(table.get(map) instanceof Object[] entries)) {
            return;
        }
        for (Object entry : entries) {
            if (entry instanceof Reference<?> reference
                    && reference.get() instanceof ThreadLocal<?> key) {
                add(key, value.get(entry), request);
            }
        }
    }

    private void add(ThreadLocal<?> key, @Nullable Object copy, String request)
            throws IllegalAccessException {
        String owner = owner(key);
        if (copy != null && isOfApplicationOrLibrary(owner)) {
            byKey.computeIfAbsent(
                            key, same -> new Copies(owner, copy.getClass().getTypeName(), request))
                    .add(sizes(copy));
        }
    }

    /** Returns the class that gives the initial value; that of the JDK if there is none. */
    private String owner(ThreadLocal<?> key) throws IllegalAccessException {
        Object gives = key.getClass().getName().equals(SUPPLIED) ? supplier.get(key) : key;
        String name = gives.getClass().getName();
        int lambda = name.indexOf(LAMBDA);
        return lambda < 0 ? name : name.substring(0, lambda);
    }

    private static boolean isOfApplicationOrLibrary(String className) {
        return StackFrames.isOfApplicationOrLibrary(new StackTraceElement(className, "", null, -1));
    }

    /**
     * Returns the objects that a copy leads to, and the bytes of each without those it leads to.
     */
    private IdentityHashMap<Object, Integer> sizes(Object copy) throws IllegalAccessException {
        IdentityHashMap<Object, Integer> sizes = new IdentityHashMap<>();
        Queue<Object> next = new ArrayDeque<>(List.of(copy));
        while (!next.isEmpty() && sizes.size() < MOST_OBJECTS) {
            Object object = next.remove();
            if (sizes.containsKey(object)) {
                continue;
            }
            if (object.getClass().isArray()) {
                sizes.put(object, array(object, next));
            } else if (object instanceof CharSequence text) {
                sizes.put(object, HEADER + length(text));
            } else if (object.getClass().getName().startsWith("java.nio.")
                    && object instanceof ByteBuffer buffer) {
                sizes.put(object, HEADER + buffer.capacity());
            } else if (isOfApplicationOrLibrary(object.getClass().getName())) {
                sizes.put(object, HEADER);
                parts(object, next);
            }
        }
        return sizes;
    }

    private static int length(CharSequence text) {
        // others are code of somebody, or take a lock
        return text instanceof String string
                ? string.length()
                : text instanceof StringBuilder builder ? builder.capacity() : 0;
    }

    private static int array(Object array, Queue<Object> next) {
        int length = Array.getLength(array);
        if (array instanceof Object[] elements) {
            for (int i = 0; i < Math.min(length, MOST_ELEMENTS); i++) {
                Object element = elements[i];
                if (element != null) {
                    next.add(element);
                }
            }
        }
        long bytes = HEADER + (long) length * width(array.getClass().getComponentType());
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private static int width(Class<?> component) {
        if (component == long.class || component == double.class) {
            return Long.BYTES;
        }
        if (component == short.class || component == char.class) {
            return Short.BYTES;
        }
        return component == byte.class || component == boolean.class ? 1 : Integer.BYTES;
    }

    private void parts(Object object, Queue<Object> next) throws IllegalAccessException {
        for (Field field : fields.computeIfAbsent(object.getClass(), ThreadLocalCopies::fields)) {
            Object part = field.get(object);
            if (part != null) {
                next.add(part);
            }
        }
    }

    /** Returns the fields with objects that may be read, of the class and of those above it. */
    private static List<Field> fields(Class<?> type) {
        List<Field> all = new ArrayList<>();
        for (Class<?> each = type;
                each != null && isOfApplicationOrLibrary(each.getName());
                each = each.getSuperclass()) {
            Field[] declared;
            try {
                declared = each.getDeclaredFields();
            } catch (LinkageError missing) {
                break; // the type of a field is in a library that is optional
            }
            for (Field field : declared) {
                if (!field.getType().isPrimitive()
                        && !Modifier.isStatic(field.getModifiers())
                        && field.trySetAccessible()) {
                    all.add(field);
                }
            }
        }
        return all;
    }
}
