package dev.treadle.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Properties;

/**
 * The launcher's own entry, with the classes of its jar, in the JVM of a test: for calls that start
 * nothing. A process of its own takes a second of CPU for each.
 */
final class LauncherHere implements AutoCloseable {
    /**
     * How a call has ended.
     *
     * @param out what it has written to standard output
     * @param err what it has written to standard error
     */
    record Ended(int exitCode, String out, String err) {}

    private final URLClassLoader classes;
    private final Method run;

    LauncherHere() throws Exception {
        classes =
                new URLClassLoader(
                        new URL[] {Places.launcherJar().toUri().toURL()},
                        ClassLoader.getPlatformClassLoader());
        run =
                classes.loadClass("dev.treadle.launcher.Main")
                        .getDeclaredMethod("run", String[].class);
        run.setAccessible(true);
    }

    /** For one thread at a time: the streams are those of the JVM. */
    Ended call(String... arguments) throws Exception {
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        Thread caller = Thread.currentThread();
        ClassLoader loaderBefore = caller.getContextClassLoader();
        Properties propertiesBefore = System.getProperties();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (PrintStream toOut = new PrintStream(out, true, UTF_8);
                PrintStream toErr = new PrintStream(err, true, UTF_8)) {
            System.setProperties(withoutSettings(propertiesBefore));
            System.setOut(toOut);
            System.setErr(toErr);
            caller.setContextClassLoader(classes);
            int exitCode = (int) run.invoke(null, (Object) arguments);
            return new Ended(exitCode, out.toString(UTF_8), err.toString(UTF_8));
        } finally {
            caller.setContextClassLoader(loaderBefore);
            System.setProperties(propertiesBefore);
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
    }

    /** The build tells tests by names that the launcher would take for settings. */
    private static Properties withoutSettings(Properties properties) {
        Properties others = new Properties();
        properties.stringPropertyNames().stream()
                .filter(name -> !name.startsWith("treadle."))
                .forEach(name -> others.setProperty(name, properties.getProperty(name)));
        return others;
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }
}
