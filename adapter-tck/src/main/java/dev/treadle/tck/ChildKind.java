package dev.treadle.tck;

import dev.treadle.Greenlet;
import dev.treadle.Greenlets;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** The ways in which an application starts virtual threads of its own, within a request. */
enum ChildKind {
    /** {@link Thread#startVirtualThread}. */
    THREAD {
        @Override
        void run(List<Callable<Boolean>> tasks) throws Exception {
            List<FutureTask<Boolean>> children = new ArrayList<>();
            for (Callable<Boolean> task : tasks) {
                FutureTask<Boolean> child = new FutureTask<>(task);
                children.add(child);
                Thread.startVirtualThread(child);
            }
            for (FutureTask<Boolean> child : children) {
                child.get();
            }
        }
    },

    /** {@link Executors#newVirtualThreadPerTaskExecutor}. */
    EXECUTOR {
        @Override
        void run(List<Callable<Boolean>> tasks) throws Exception {
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<Boolean> child : executor.invokeAll(tasks)) {
                    child.get();
                }
            }
        }
    },

    /**
     * {@code java.util.concurrent.StructuredTaskScope}, by reflection: it is a preview, and not the
     * same on JDK 21 and 25. The JDK forbids to compile against it without a flag, not to call it.
     */
    STRUCTURED {
        @Override
        void run(List<Callable<Boolean>> tasks) throws Exception {
            Class<?> type = Class.forName("java.util.concurrent.StructuredTaskScope");
            try (AutoCloseable scope = open(type)) {
                List<Object> children = new ArrayList<>();
                for (Callable<Boolean> task : tasks) {
                    children.add(call(type, scope, "fork", List.of(Callable.class), task));
                }
                call(type, scope, "join", List.of());
                for (Object child : children) {
                    Class<?> subtask =
                            Class.forName("java.util.concurrent.StructuredTaskScope$Subtask");
                    call(subtask, child, "get", List.of());
                }
            }
        }

        private AutoCloseable open(Class<?> type) throws Exception {
            return (AutoCloseable)
                    (type.isInterface()
                            ? type.getMethod("open").invoke(null)
                            : type.getConstructor().newInstance());
        }

        private Object call(
                Class<?> type,
                Object target,
                String method,
                List<Class<?>> parameters,
                Object... arguments)
                throws Exception {
            try {
                // join of the interface may return nothing
                Object result =
                        type.getMethod(method, parameters.toArray(Class<?>[]::new))
                                .invoke(target, arguments);
                return result == null ? "" : result;
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause() instanceof Exception cause ? cause : thrown;
            }
        }
    },

    /** {@link Greenlets#spawn}. */
    GREENLETS {
        @Override
        void run(List<Callable<Boolean>> tasks) throws Exception {
            List<Greenlet<Boolean>> children = tasks.stream().map(Greenlets::spawn).toList();
            for (Greenlet<Boolean> child : children) {
                child.get();
            }
        }
    };

    /** Runs each task on a virtual thread of its own, and waits for all. */
    abstract void run(List<Callable<Boolean>> tasks) throws Exception;
}
