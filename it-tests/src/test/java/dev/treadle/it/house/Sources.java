package dev.treadle.it.house;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The Java sources of all modules, and the format they have: google-java-format in its AOSP style.
 * It is called as a library, on the JDK of the tests, because it parses with that JDK's own
 * compiler: within Maven, which may run on 17, it could not read Java 21.
 */
final class Sources {
    private static final JavaFormatterOptions OPTIONS =
            JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build();

    private final Formatter formatter = new Formatter(OPTIONS);
    private final Path root;

    /**
     * @param root the root of the repository
     */
    Sources(Path root) {
        this.root = root;
    }

    /** Formats every source in place. */
    public static void main(String[] args) throws IOException, FormatterException {
        Sources sources = new Sources(Path.of(args[0]));
        for (Path file : sources.unformatted()) {
            Files.writeString(file, sources.formatted(Files.readString(file)));
            System.out.println("formatted " + file);
        }
    }

    /** Returns the files that formatting would change. */
    List<Path> unformatted() throws IOException, FormatterException {
        List<Path> files = new ArrayList<>();
        for (Path file : files()) {
            String source = Files.readString(file);
            if (!formatted(source).equals(source)) {
                files.add(file);
            }
        }
        return files;
    }

    private String formatted(String source) throws FormatterException {
        String ordered =
                ImportOrderer.reorderImports(
                        RemoveUnusedImports.removeUnusedImports(source),
                        JavaFormatterOptions.Style.AOSP);
        return formatter.formatSource(ordered);
    }

    List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file ->
                            Stream.of("target", ".git", ".treadle", "node_modules")
                                    .noneMatch(name -> contains(file, name)))
                    .sorted()
                    .toList();
        }
    }

    private boolean contains(Path file, String directory) {
        for (Path name : root.relativize(file)) {
            if (name.toString().equals(directory)) {
                return true;
            }
        }
        return false;
    }
}
