package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** {@code treadle doctor app.war}: what the files of a WAR prove, without a start of it. */
class DoctorWarTest {
    private static final String CLASSES = "WEB-INF/classes/";

    @TempDir private Path directory;

    /** Has a method in a native library. */
    static final class Native {
        private Native() {}

        static native int read();
    }

    private static String doctor(Path war, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("doctor"));
        arguments.addAll(List.of(options));
        arguments.add(war.toString());
        try (TreadleProcess doctor = TreadleProcess.launcher(arguments.toArray(String[]::new))) {
            assertThat(doctor.exitCode()).as(doctor.err()).isZero();
            assertThat(doctor.err()).isEmpty();
            return doctor.out();
        }
    }

    private void assertRefused(Path war, String... messages) throws Exception {
        try (TreadleProcess doctor = TreadleProcess.launcher("doctor", war.toString())) {
            assertThat(doctor.exitCode()).isEqualTo(2);
            assertThat(doctor.err()).startsWith("treadle: WAR: " + war).contains(messages);
        }
    }

    private Path write(TestWar war) throws IOException {
        return war.write(directory.resolve("app.war"));
    }

    /** A jar that has these files, which are empty, and perhaps the properties of its project. */
    private byte[] jar(String pom, String... files) throws IOException {
        TestWar jar = TestWar.empty();
        for (String file : files) {
            jar.add(file, new byte[0]);
        }
        if (!pom.isEmpty()) {
            jar.add("META-INF/maven/group/artifact/pom.properties", pom);
        }
        return Files.readAllBytes(jar.write(directory.resolve("one.jar")));
    }

    @Test
    void aWarWithoutFaultsHasNone() throws Exception {
        for (String jdk : List.of("21", "25")) {
            assertThat(doctor(Places.exampleWar(), "--jdk=" + jdk))
                    .startsWith("no fault found in ")
                    .endsWith(" for 100 requests at a time on JDK " + jdk);
            assertThat(doctor(Places.realWar(), "--jdk=" + jdk)).contains("no fault found in ");
        }
    }

    @Test
    void classesAreNamedWithTheirLine() throws Exception {
        Path war = FaultyWar.write(directory.resolve("faulty.war"));
        assertThat(doctor(war, "--jdk=21"))
                .contains(
                        "Apache HttpClient 5 has 5 connections of each route",
                        "FaultyWar$FiveServlet.<clinit>:",
                        "(client5.jar)",
                        "Apache HttpClient 4 has 2 connections of each route",
                        "FaultyWar$RouteServlet.<clinit>:",
                        "synchronized code waits: it holds its hub on JDK 21 to 23",
                        "FaultyWar$MonitorServlet.doGet:",
                        " calls java.lang.Thread.sleep",
                        "hint: a thread-local with an initial value",
                        "FaultyWar$CopyServlet.BUFFERS")
                .doesNotContain("LockServlet")
                .contains("faults: 3, in ");
        assertThat(doctor(war, "--jdk=25", "--requests=6"))
                .doesNotContain("synchronized")
                .contains("Apache HttpClient 5 has 5 connections");
    }

    @Test
    void aPoolIsComparedWithTheRequests() throws Exception {
        byte[] hikari = jar("", "com/zaxxer/hikari/HikariConfig.class");
        for (List<String> config :
                List.of(
                        List.of(
                                "application.properties",
                                "spring.datasource.hikari.maximum-pool-size = 10",
                                "spring.datasource.hikari.maximum-pool-size"),
                        List.of(
                                "application.yml",
                                "spring:\n  datasource:\n    hikari:\n      maximum-pool-size: 10 # few",
                                "spring.datasource.hikari.maximum-pool-size"),
                        List.of(
                                "pool.xml",
                                "<bean><property name=\"maximumPoolSize\" value=\"10\"/></bean>",
                                "maximumPoolSize"))) {
            Path war =
                    write(
                            TestWar.empty()
                                    .add("WEB-INF/lib/pool.jar", hikari)
                                    .add(CLASSES + config.get(0), config.get(1)));
            assertThat(doctor(war, "--requests=1000"))
                    .contains(
                            "the pool HikariCP has 10 connections for 1000 requests",
                            config.get(0) + " sets " + config.get(2),
                            "faults: 1, in 0 classes and 1 jars");
            assertThat(doctor(war, "--requests=10")).startsWith("no fault found in ");
        }
        assertThat(doctor(write(TestWar.empty().add("WEB-INF/lib/pool.jar", hikari))))
                .as("a pool that nothing uses")
                .startsWith("no fault found in ");
        Path resource =
                write(
                        TestWar.empty()
                                .add(
                                        "META-INF/context.xml",
                                        "<Context><Resource name=\"jdbc/a\""
                                                + " type=\"javax.sql.DataSource\"/></Context>"));
        assertThat(doctor(resource)).contains("the pool of a Resource has 8 connections");
        Path twice =
                write(
                        TestWar.empty()
                                .add(CLASSES + "cache.properties", "maxTotal=2")
                                .add(
                                        "META-INF/context.xml",
                                        "<Context><Resource name=\"jdbc/a\" maxTotal=\"20\""
                                                + " type=\"javax.sql.DataSource\"/></Context>"));
        assertThat(doctor(twice)).contains("the pool of a Resource has 20 connections");
    }

    @Test
    void aDriverIsNamedOnlyForAJdkOnWhichItPins() throws Exception {
        byte[] mysql =
                jar(
                        "groupId=com.mysql\nartifactId=mysql-connector-j\nversion=8.0.33",
                        "com/mysql/cj/jdbc/Driver.class");
        byte[] postgres = jar("", "org/postgresql/Driver.class");
        Path old =
                write(
                        TestWar.empty()
                                .add("WEB-INF/lib/driver.jar", mysql)
                                .add("WEB-INF/lib/postgresql-42.5.4.jar", postgres));
        assertThat(doctor(old, "--jdk=21"))
                .contains(
                        "MySQL Connector/J holds its hub",
                        "driver.jar has version 8.0",
                        "pgjdbc holds its hub",
                        "postgresql-42.5.4.jar has version 42.5",
                        "take version 42.6 or newer",
                        "faults: 2, in ");
        assertThat(doctor(old, "--jdk=24")).startsWith("no fault found in ");
        Path fresh = write(TestWar.empty().add("WEB-INF/lib/postgresql-42.7.8.jar", postgres));
        assertThat(doctor(fresh, "--jdk=21")).startsWith("no fault found in ");
    }

    @Test
    void nativeCodeAndTheOldApiAreNamed() throws Exception {
        Path war =
                write(
                        TestWar.empty()
                                .add(CLASSES, Native.class)
                                .add("WEB-INF/lib/fast.jar", jar("", "linux/libfast.so")));
        assertThat(doctor(war))
                .contains(
                        "hint: native methods of the application",
                        "dev.treadle.it.DoctorWarTest$Native.read",
                        "hint: jars with native code",
                        "fast.jar (linux/libfast.so)",
                        "no fault found in 1 classes and 1 jars");
        assertThat(doctor(OldWar.write(directory.resolve("old.war"))))
                .contains("made for Servlet 4 or older", "javax.servlet.", "--migrate");
        Path exploded = directory.resolve("exploded");
        TestWar.empty().add(CLASSES, Native.class).explode(exploded);
        assertThat(doctor(exploded)).contains("DoctorWarTest$Native.read");
    }

    @Test
    void whatIsNoWarIsRefused() throws Exception {
        assertRefused(directory.resolve("missing.war"), "there is none of that name");
        Path text = Files.writeString(directory.resolve("text.war"), "text");
        assertRefused(text, "no zip archive");
        Path plain = Files.createDirectory(directory.resolve("plain"));
        assertRefused(plain, "WEB-INF");
        Path whole = Places.exampleWar();
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = directory.resolve("cut.war");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(cut, "is cut off");
        byte[] zeros = new byte[200 << 20];
        Path inner = TestWar.empty().add("zeros", zeros).write(directory.resolve("inner.jar"));
        Path bomb =
                TestWar.empty()
                        .add("WEB-INF/lib/inner.jar", inner)
                        .write(directory.resolve("bomb.war"));
        assertRefused(bomb, "at most 100 times its size");
        ByteArrayOutputStream latin = new ByteArrayOutputStream();
        try (ZipOutputStream jar = new ZipOutputStream(latin, StandardCharsets.ISO_8859_1)) {
            jar.putNextEntry(new ZipEntry("caf\u00e9"));
        }
        Path foreign =
                TestWar.empty()
                        .add("WEB-INF/lib/inner.jar", latin.toByteArray())
                        .write(directory.resolve("foreign.war"));
        assertRefused(foreign, "WEB-INF/lib/inner.jar cannot: ");
        Path broken =
                TestWar.empty()
                        .add(CLASSES + "Broken.class", "no class".getBytes(StandardCharsets.UTF_8))
                        .write(directory.resolve("broken.war"));
        assertThat(doctor(broken)).endsWith("; 1 classes could not be read");
    }
}
