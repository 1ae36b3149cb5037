package dev.treadle.tck;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A class of one application only: compiled on demand, and loaded by a class loader of its own. It
 * runs what it is given in its method {@code compile}.
 */
final class CompiledClass {
    /** A value that threads inherit, unless who makes them takes care. */
    static final InheritableThreadLocal<Object> INHERITED = new InheritableThreadLocal<>();

    private CompiledClass() {}

    /** Returns a new instance, of a class loader that only this instance keeps. */
    static Consumer<Runnable> make(String packageName, String name) throws Exception {
        Path directory = Files.createTempDirectory("tck-class");
        try {
            Path source = directory.resolve(name + ".java");
            Files.writeString(source, source(packageName, name));
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            int failed =
                    compiler.run(null, null, null, "-d", directory.toString(), source.toString());
            if (failed != 0) {
                throw new IllegalStateException("javac failed: " + failed);
            }
            return load(directory, packageName + "." + name);
        } finally {
            delete(directory);
        }
    }

    private static String source(String packageName, String name) {
        return """
        package %s;
        public class %s implements java.util.function.Consumer<Runnable> {
            public void accept(Runnable task) {
                compile(task);
            }
            private void compile(Runnable task) {
                task.run();
            }
        }
        """
                .formatted(packageName, name);
    }

    private static Consumer<Runnable> load(Path directory, String name) throws Exception {
        URL[] place = {directory.toUri().toURL()};
        try (URLClassLoader loader =
                // with the JDK alone above it: the container may have a class of that name
                new URLClassLoader(
                        "tck-application", place, ClassLoader.getPlatformClassLoader())) {
            @SuppressWarnings("unchecked")
            Consumer<Runnable> made =
                    (Consumer<Runnable>)
                            loader.loadClass(name).getDeclaredConstructor().newInstance();
            return made;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
