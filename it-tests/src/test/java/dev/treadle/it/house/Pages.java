package dev.treadle.it.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The README and the Markdown of docs, as text, as snippets and as tables. */
final class Pages {
    /** The root of the repository. */
    static final Path ROOT = Path.of(System.getProperty("treadle.root")).normalize();

    private static final Pattern FENCE =
            Pattern.compile("(?ms)^( *)```([\\w-]*)\\n(.*?)^\\1```[ ]*$");

    /**
     * A fenced block of a page.
     *
     * @param place the file and the line of its fence, such as {@code README.md:42}
     * @param language as the fence has it; often empty
     * @param text without the indentation of the fence
     */
    record Snippet(String place, String language, String text) {
        @Override
        public String toString() {
            return place;
        }
    }

    private Pages() {}

    /** Returns the README and every page of docs, decisions included. */
    static List<Path> all() {
        // pages, and decisions one directory below: nothing of docs/node_modules
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"), 2)) {
            Stream<Path> pages = files.filter(file -> file.toString().endsWith(".md")).sorted();
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), pages).toList();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Returns a page without its fenced blocks. */
    static String prose(Path page) {
        return FENCE.matcher(read(page)).replaceAll("");
    }

    /** Returns the fenced blocks of all pages. */
    static List<Snippet> snippets() {
        List<Snippet> snippets = new ArrayList<>();
        for (Path page : all()) {
            String text = read(page);
            Matcher fence = FENCE.matcher(text);
            while (fence.find()) {
                long line = text.substring(0, fence.start()).lines().count() + 1;
                snippets.add(
                        new Snippet(
                                ROOT.relativize(page) + ":" + line,
                                fence.group(2),
                                fence.group(3).stripIndent()));
            }
        }
        return snippets;
    }

    /** Returns the cells of each row of every table of a page, heads and rules included. */
    static List<List<String>> rows(Path page) {
        return prose(page)
                .lines()
                .filter(line -> line.startsWith("|"))
                .map(line -> Stream.of(line.substring(1).split("\\|")).map(String::strip).toList())
                .toList();
    }
}
