package dev.treadle.undertow.war;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.war.Failing;

import io.undertow.servlet.api.ConfidentialPortManager;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xnio.OptionMap;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/** A WAR that is broken or hostile does not start, and leaves nothing outside of its directory. */
final class BadWarTest {
    private static final ConfidentialPortManager NO_HTTPS = exchange -> -1;
    private static @Nullable XnioWorker worker;

    @TempDir private Path directory = Path.of("");

    @BeforeAll
    static void makeWorker() throws IOException {
        worker = Xnio.getInstance().createWorker(OptionMap.EMPTY);
    }

    @AfterAll
    static void endWorker() {
        if (worker != null) {
            worker.shutdownNow();
        }
    }

    private static XnioWorker worker() {
        if (worker == null) {
            throw new IllegalStateException("no worker");
        }
        return worker;
    }

    private Path work() throws IOException {
        return Files.createDirectories(directory.resolve("work"));
    }

    private void assertRefused(WarMaker war, String... message) throws IOException {
        assertRefused(war.write(directory.resolve("app.war")), message);
    }

    private void assertRefused(Path war, String... message) throws IOException {
        Path work = work();
        assertThatThrownBy(() ->
                        UndertowWar.deploy(
                                war,
                                "/",
                                work,
                                new UndertowWar.Surroundings(
                                        worker(),
                                        NO_HTTPS,
                                        (classes, context) -> {},
                                        new NoUsers(),
                                        loader -> Map.of(),
                                        false)))
                .satisfies(failure -> assertThat(root(failure).toString()).contains(message));
        try (Stream<Path> outside = Files.list(directory)) {
            assertThat(outside).as("outside of the directory of work").containsOnly(war, work);
        }
    }

    /** Users are shown the deepest cause. */
    private static Throwable root(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : root(cause);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil.jsp",
                "pages/../../evil.jsp",
                "/evil.jsp",
                "..\\evil.jsp",
                "pages/../../../../../../evil.jsp",
                "evil\0.jsp"
            })
    void entryThatLeadsOutsideIsNotUnpacked(String name) throws IOException {
        assertRefused(
                new WarMaker().add("index.html", "harmless").add(name, "evil"),
                "app.war: the entry " + name,
                "a place inside the archive");
        try (Stream<Path> files = Files.walk(work())) {
            assertThat(files.filter(Files::isRegularFile)).as("unpacked before").isEmpty();
        }
    }

    @Test
    void libraryMayNotLeadOutsideEither() throws IOException {
        assertRefused(
                new WarMaker()
                        .library(
                                "evil.jar",
                                new WarMaker().add("META-INF/resources/../../../evil", "evil")),
                "evil.jar: the entry META-INF/resources/../../../evil");
    }

    @Test
    void bombIsNotUnpacked() throws IOException {
        assertRefused(
                WarMaker.writeBomb(directory.resolve("app.war"), 150),
                "app.war: more than 100 MB when unpacked",
                "times the size of the archive");
    }

    @Test
    void bombInALibraryIsNotUnpacked() throws IOException {
        WarMaker library = new WarMaker().add("META-INF/resources/zeros.html", new byte[150 << 20]);
        assertRefused(
                new WarMaker().library("bomb.jar", library), "bomb.jar: more than", "made to fill");
    }

    @Test
    void bombAsADescriptorIsNotRead() throws IOException {
        assertRefused(
                new WarMaker()
                        .library(
                                "bomb.jar",
                                new WarMaker()
                                        .add("META-INF/web-fragment.xml", new byte[20 << 20])),
                "WEB-INF/lib/bomb.jar: META-INF/web-fragment.xml (expected: at most 16 MB)");
    }

    @Test
    void externalEntityIsNotRead() throws IOException {
        Path secret = Files.writeString(work().resolve("secret"), "the secret");
        assertRefused(
                new WarMaker()
                        .add(
                                "WEB-INF/web.xml",
                                "<!DOCTYPE web-app [<!ENTITY x SYSTEM '"
                                        + secret.toUri()
                                        + "'>]><web-app><display-name>&x;</display-name></web-app>"),
                "WEB-INF/web.xml",
                secret.getFileName().toString());
    }

    @Test
    void externalEntityOfAFragmentIsNotRead() throws IOException {
        Path secret = Files.writeString(work().resolve("secret"), "the secret");
        String fragment =
                "<!DOCTYPE web-fragment [<!ENTITY % x SYSTEM '"
                        + secret.toUri()
                        + "'> %x;]><web-fragment/>";
        assertRefused(
                new WarMaker()
                        .library(
                                "evil.jar",
                                new WarMaker().add("META-INF/web-fragment.xml", fragment)),
                "WEB-INF/lib/evil.jar: META-INF/web-fragment.xml");
    }

    @Test
    void documentTypeOfElsewhereIsNotRead() throws IOException {
        assertRefused(
                new WarMaker()
                        .add(
                                "WEB-INF/web.xml",
                                "<!DOCTYPE web-app SYSTEM 'http://127.0.0.1:1/x.dtd'><web-app/>"),
                "WEB-INF/web.xml",
                "x.dtd");
    }

    @Test
    void entitiesThatGrowWithoutEndAreNotExpanded() throws IOException {
        StringBuilder entities = new StringBuilder("<!ENTITY a0 'lol'>");
        for (int i = 1; i < 12; i++) {
            String before = "&a" + (i - 1) + ";";
            entities.append("<!ENTITY a" + i + " '" + before.repeat(10) + "'>");
        }
        assertRefused(
                new WarMaker()
                        .add(
                                "WEB-INF/web.xml",
                                "<!DOCTYPE web-app ["
                                        + entities
                                        + "]><web-app><display-name>&a11;</display-name></web-app>"),
                "WEB-INF/web.xml");
    }

    @Test
    void descriptorThatIsNoXmlIsNamedWithItsLine() throws IOException {
        assertRefused(
                new WarMaker().add("WEB-INF/web.xml", "<web-app>\n<servlet>\n</web-app>"),
                "WEB-INF/web.xml, line 3 (expected: a valid descriptor)");
    }

    @Test
    void corruptClassIsNamed() throws IOException {
        byte[] whole = WarMaker.bytes(Failing.Checked.class);
        String file = "WEB-INF/classes/" + WarMaker.file(Failing.Checked.class);
        assertRefused(
                new WarMaker().add(file, Arrays.copyOf(whole, whole.length / 2)),
                "WEB-INF/classes: com/example/war/Failing$Checked.class (expected: a whole class");
    }

    @Test
    void corruptClassOfALibraryIsNamedWithItsJar() throws IOException {
        assertRefused(
                new WarMaker().library("bad.jar", new WarMaker().add("x/Bad.class", "no class")),
                "WEB-INF/lib/bad.jar: x/Bad.class (expected: a whole class file)");
    }

    @Test
    void corruptJarIsNamed() throws IOException {
        assertRefused(
                new WarMaker().add("WEB-INF/lib/bad.jar", "no jar"),
                "WEB-INF/lib/bad.jar (expected: a jar)");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Failing.Checked.class,
                Failing.Unavailable.class,
                Failing.Constructor.class,
                Failing.Constructed.class,
                Failing.Wanting.class,
                Failing.BrokenFilter.class
            })
    void partThatDoesNotStartStopsTheStart(Class<?> part) throws IOException {
        assertRefused(new WarMaker().classes(part), "no database");
    }

    @Test
    void classThatIsNotThereIsNamedWithItsUser() throws IOException {
        assertRefused(
                new WarMaker()
                        .webXml(
                                "<servlet><servlet-name>a</servlet-name>"
                                        + "<servlet-class>shop.Missing</servlet-class></servlet>"),
                "servlet a: shop.Missing (expected: a class in WEB-INF/classes or WEB-INF/lib)");
    }

    @Test
    void classOfAnotherKindIsNamed() throws IOException {
        assertRefused(
                new WarMaker()
                        .webXml(
                                "<filter><filter-name>a</filter-name>"
                                        + "<filter-class>java.lang.String</filter-class></filter>"),
                "filter a: java.lang.String (expected: a jakarta.servlet.Filter)");
    }

    @Test
    void mappingOfNoServletIsNamed() throws IOException {
        assertRefused(
                new WarMaker()
                        .webXml(
                                "<servlet-mapping><servlet-name>a</servlet-name>"
                                        + "<url-pattern>/a</url-pattern></servlet-mapping>"),
                "servlet-mapping /a: a (expected: the name of a servlet");
    }

    @Test
    void fragmentsInACircleAreNamed() throws IOException {
        String after = "<name>%s</name><ordering><after><name>%s</name></after></ordering>";
        assertRefused(
                new WarMaker()
                        .fragment("a.jar", after.formatted("a", "b"))
                        .fragment("b.jar", after.formatted("b", "a")),
                "META-INF/web-fragment.xml (expected: an order of the fragments)");
    }

    @Test
    void fragmentsThatDisagreeAreNamed() throws IOException {
        String parameter =
                "<name>%s</name><context-param><param-name>size</param-name>"
                        + "<param-value>%s</param-value></context-param>";
        assertRefused(
                new WarMaker()
                        .fragment("a.jar", parameter.formatted("a", "1"))
                        .fragment("b.jar", parameter.formatted("b", "2")),
                "(expected: fragments that agree, or a web.xml that decides)",
                "size");
    }

    @Test
    void applicationOfTheOldNamespaceIsToldWhatToDo() throws IOException {
        assertRefused(
                new WarMaker()
                        .add(
                                "WEB-INF/classes/old/Hello.class",
                                renamed(
                                        WarMaker.bytes(Failing.Checked.class),
                                        "jakarta/servlet/http/HttpServlet",
                                        "javax/servlet/http/HttpServlet")),
                "WEB-INF/classes: com.example.war.Failing$Checked",
                "javax.servlet.http.HttpServlet",
                "no classes of javax.servlet");
    }

    @Test
    void libraryOfTheOldNamespaceIsToldWhatToDo() throws IOException {
        assertRefused(
                new WarMaker()
                        .library(
                                "old.jar",
                                new WarMaker()
                                        .add(
                                                "META-INF/services/javax.servlet.ServletContainerInitializer",
                                                "old.Start # a comment\n")),
                "WEB-INF/lib/old.jar: the initializer old.Start",
                "no classes of javax.servlet");
    }

    /** Replaces a name among the constants of a class file, whatever its length. */
    private static byte[] renamed(byte[] classFile, String from, String to) {
        String text = new String(classFile, StandardCharsets.ISO_8859_1);
        String before = (char) 0 + "" + (char) from.length() + from;
        String after = (char) 0 + "" + (char) to.length() + to;
        assertThat(text).contains(before);
        return text.replace(before, after).getBytes(StandardCharsets.ISO_8859_1);
    }
}
