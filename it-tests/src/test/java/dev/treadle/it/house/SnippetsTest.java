package dev.treadle.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Every Java snippet of the README and of docs compiles, against the class path of these tests. A
 * snippet that begins with {@code import} or {@code package} is a whole file, compiled as it
 * stands. Any other one is the body of a method that has {@link SnippetContext} around it.
 */
final class SnippetsTest {
    /** Imports that the body of a snippet need not have. */
    private static final List<String> IMPORTS =
            List.of(
                    "java.nio.file.Path",
                    "java.time.Duration",
                    "java.util.List",
                    "dev.treadle.*",
                    "dev.treadle.settings.*",
                    "dev.treadle.stats.*",
                    "dev.treadle.jetty.JettyWorkers",
                    "dev.treadle.tomcat.TomcatWorkers",
                    "dev.treadle.undertow.UndertowWorkers",
                    "org.eclipse.jetty.server.Server");

    private static final Pattern WHOLE_FILE = Pattern.compile("\\A\\s*(import|package) ");
    private static final Pattern TYPE =
            Pattern.compile("(?m)^(?:public |final )*(?:class|record|interface|enum) (\\w+)");

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    static Stream<Pages.Snippet> javaSnippets() {
        return Pages.snippets().stream()
                .filter(snippet -> snippet.language().toLowerCase(Locale.ROOT).equals("java"));
    }

    @ParameterizedTest
    @MethodSource("javaSnippets")
    void compiles(Pages.Snippet snippet, @TempDir Path classes) {
        DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
        List<String> options =
                List.of(
                        "--release",
                        "21",
                        "-proc:none",
                        "-Xlint:deprecation,removal,unchecked,rawtypes",
                        "-Werror",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString());

        boolean compiled =
                COMPILER.getTask(null, null, messages, options, null, List.of(source(snippet)))
                        .call();

        assertThat(compiled)
                .as(() -> snippet.place() + ":\n" + shown(messages.getDiagnostics()))
                .isTrue();
    }

    /** Else a page that moves, or a fence that is written in another way, would test nothing. */
    @Test
    void snippetsOfBothKindsAreFound() {
        assertThat(javaSnippets().filter(SnippetsTest::isWholeFile))
                .anyMatch(snippet -> snippet.place().startsWith("README.md:"))
                .hasSizeGreaterThan(3);
        assertThat(javaSnippets().filter(snippet -> !isWholeFile(snippet))).hasSizeGreaterThan(5);
    }

    private static boolean isWholeFile(Pages.Snippet snippet) {
        return WHOLE_FILE.matcher(snippet.text()).find();
    }

    private static JavaFileObject source(Pages.Snippet snippet) {
        if (!isWholeFile(snippet)) {
            return new Source("Snippet", asBody(snippet.text()));
        }
        Matcher type = TYPE.matcher(snippet.text());
        assertThat(type.find()).as(snippet.place() + " declares a type").isTrue();
        return new Source(type.group(1), snippet.text());
    }

    private static String asBody(String text) {
        StringBuilder source = new StringBuilder("package dev.treadle.it.house;\n");
        IMPORTS.forEach(name -> source.append("import ").append(name).append(";\n"));
        return source.append("abstract class Snippet extends SnippetContext {\n")
                .append("void snippet() throws Exception {\n")
                .append(text)
                .append("}\n}\n")
                .toString();
    }

    private static String shown(List<Diagnostic<? extends JavaFileObject>> messages) {
        StringBuilder shown = new StringBuilder();
        messages.forEach(message -> shown.append(message).append('\n'));
        return shown.toString();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String type, String text) {
            super(URI.create("snippet:///" + type + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
