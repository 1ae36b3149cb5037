package dev.treadle.undertow.war;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The parts of an unpacked WAR.
 *
 * @param root its directory
 * @param parts where classes are: {@code WEB-INF/classes}, which may be empty, then each library by
 *     its name
 */
record WarFiles(Path root, List<Part> parts) {
    private static final String CLASSES = "WEB-INF/classes";
    private static final String LIBRARIES = "WEB-INF/lib";

    static WarFiles in(Path root) throws IOException {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(CLASSES, root.resolve(CLASSES)));
        Path libraries = root.resolve(LIBRARIES);
        if (Files.isDirectory(libraries)) {
            try (Stream<Path> files = Files.list(libraries)) {
                files.filter(file -> file.toString().endsWith(".jar") && Files.isRegularFile(file))
                        .sorted()
                        .map(file -> new Part(LIBRARIES + "/" + file.getFileName(), file))
                        .forEach(parts::add);
            }
        }
        return new WarFiles(root, List.copyOf(parts));
    }

    Part classes() {
        return parts.get(0);
    }

    List<Part> libraries() {
        return parts.subList(1, parts.size());
    }

    URL[] urls() throws IOException {
        // a directory that is missing gets no slash at its end, and would be taken for a jar
        Files.createDirectories(classes().path());
        List<URL> urls = new ArrayList<>();
        for (Part part : parts) {
            urls.add(part.path().toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }
}
