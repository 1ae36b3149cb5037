package dev.treadle.undertow.war;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The welcome pages of an application. A page of JSP that no directory has is none: Undertow takes
 * the servlet of all pages for it ({@code ServletPathMatches.findWelcomeServlet}, 2.3.26), and that
 * answers 404 in place of the application's filters and its default servlet. Tomcat and Jetty leave
 * it out too.
 */
final class WelcomePages {
    /** Those of Tomcat and Jetty, for an application that names none. */
    private static final List<String> USUAL = List.of("index.html", "index.htm", "index.jsp");

    private WelcomePages() {}

    /**
     * Returns those that are to be looked for, in their order.
     *
     * @param named what the descriptor says; empty: the usual ones
     * @param root the directory of the unpacked application
     */
    static List<String> of(Collection<String> named, Path root) throws IOException {
        Collection<String> wanted = named.isEmpty() ? USUAL : named;
        Set<String> names = namesOfPages(root);
        return wanted.stream()
                .filter(page -> !isPage(page) || names.contains(lastName(page)))
                .toList();
    }

    private static Set<String> namesOfPages(Path root) throws IOException {
        Set<String> names = new HashSet<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(WelcomePages::isPage)
                    .forEach(names::add);
        }
        return names;
    }

    private static boolean isPage(String file) {
        return file.endsWith(".jsp") || file.endsWith(".jspx");
    }

    private static String lastName(String page) {
        return page.substring(page.lastIndexOf('/') + 1);
    }
}
