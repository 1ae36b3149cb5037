package dev.treadle.bench.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * The command lines that start a WAR of one servlet at {@code /shop} on a free port: by the
 * launcher, or by a container alone, which is the same program that the tests compare the launcher
 * with.
 *
 * @param java of the server
 * @param root of the repository; the launcher is built
 * @param work an empty directory for the WAR, archives and work files of containers
 */
record Launch(Path java, Path root, Path work) {
    /** The launcher as it is. */
    static final String PLAIN = "plain";

    /** The launcher with an archive of classes that an earlier run has made. */
    static final String CDS = "cds";

    /** The launcher with a cache of JEP 483 and 514, which an earlier run has made. */
    static final String AOT = "aot";

    /** The container without the launcher. */
    static final String ALONE = "alone";

    private static final String PLAIN_CONTAINER = "dev.treadle.it.PlainContainer";

    private static final String HELLO =
            """
            @jakarta.servlet.annotation.WebServlet("/hello")
            public class Hello extends jakarta.servlet.http.HttpServlet {
                @Override
                protected void doGet(
                        jakarta.servlet.http.HttpServletRequest request,
                        jakarta.servlet.http.HttpServletResponse response)
                        throws java.io.IOException {
                    response.getWriter().println("hello");
                }
            }
            """;

    private Path launcher() {
        return root.resolve("launcher/target/treadle");
    }

    private Path war() {
        return work.resolve("hello.war");
    }

    /** Returns the file that {@link #training} makes. */
    Path archive(String way, String container) {
        return work.resolve(container + "." + way);
    }

    /** Returns the command that makes the archive, when the server ends. */
    List<String> training(String way, String container) {
        Path archive = archive(way, container);
        return way.equals(AOT)
                ? launcher(container, "-XX:AOTCacheOutput=" + archive)
                : launcher(
                        container,
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:SharedArchiveFile=" + archive);
    }

    /** Returns the command that is measured. */
    List<String> command(String way, String container) throws IOException {
        return switch (way) {
            case PLAIN -> launcher(container);
            case CDS -> training(CDS, container);
            case AOT -> launcher(container, "-XX:AOTCache=" + archive(AOT, container));
            case ALONE -> alone(container);
            default -> throw new IllegalArgumentException(way);
        };
    }

    private List<String> launcher(String container, String... jvmOptions) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(List.of(jvmOptions));
        command.addAll(
                List.of(
                        "-jar",
                        launcher().resolve("treadle.jar").toString(),
                        "--container",
                        container,
                        "--http",
                        "127.0.0.1:0",
                        "--context",
                        "/shop",
                        "--war",
                        war().toString()));
        return command;
    }

    private List<String> alone(String container) throws IOException {
        return List.of(
                java.toString(),
                "-cp",
                work + ":" + launcher().resolve("lib").resolve(container) + "/*",
                PLAIN_CONTAINER,
                container,
                war().toString(),
                Files.createTempDirectory(work, "alone").toString());
    }

    /** Makes the WAR, and the program of the container alone. */
    void prepare() throws IOException {
        Path classes = Files.createDirectories(work.resolve("war"));
        Path servlet = work.resolve("Hello.java");
        Files.writeString(servlet, HELLO);
        compile(servlet, classes);
        try (OutputStream file = Files.newOutputStream(war());
                JarOutputStream jar = new JarOutputStream(file)) {
            jar.putNextEntry(new JarEntry("WEB-INF/classes/Hello.class"));
            Files.copy(classes.resolve("Hello.class"), jar);
        }
        compile(
                root.resolve("it-tests/src/test/java")
                        .resolve(PLAIN_CONTAINER.replace('.', '/') + ".java"),
                work);
    }

    private void compile(Path source, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IOException(java + " is of a JRE (expected: a JDK, which has javac)");
        }
        List<String> jars = new ArrayList<>();
        for (String container : List.of("tomcat", "jetty")) {
            Path libraries = launcher().resolve("lib").resolve(container);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(libraries, "*.jar")) {
                files.forEach(file -> jars.add(file.toString()));
            }
        }
        int result =
                compiler.run(
                        null,
                        null,
                        null,
                        "-nowarn",
                        "-proc:none",
                        "-cp",
                        String.join(":", jars),
                        "-d",
                        classes.toString(),
                        source.toString());
        if (result != 0) {
            throw new IOException(source + ": not compiled; the compiler's message is above");
        }
    }
}
