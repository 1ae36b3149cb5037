package dev.treadle.it;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Packs classes of this test suite into a WAR. */
final class TestWar {
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    static TestWar empty() {
        return new TestWar();
    }

    /**
     * @param webXml what stands inside web-app
     */
    static TestWar with(String webXml) {
        return new TestWar()
                .add(
                        "WEB-INF/web.xml",
                        "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.0\">"
                                + webXml
                                + "</web-app>");
    }

    /** Returns a servlet and its mapping to the path of its name, for {@link #with}. */
    static String servlet(String name, Class<?> type) {
        return "<servlet><servlet-name>"
                + name
                + "</servlet-name><servlet-class>"
                + type.getName()
                + "</servlet-class></servlet><servlet-mapping><servlet-name>"
                + name
                + "</servlet-name><url-pattern>/"
                + name
                + "</url-pattern></servlet-mapping>";
    }

    TestWar add(String name, String text) {
        entries.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    TestWar add(String directory, Class<?> type) throws IOException {
        String file = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException("no class file of " + type);
            }
            entries.put(directory + file, in.readAllBytes());
        }
        return this;
    }

    TestWar add(String name, byte[] bytes) {
        entries.put(name, bytes);
        return this;
    }

    TestWar add(String name, Path file) throws IOException {
        entries.put(name, Files.readAllBytes(file));
        return this;
    }

    /** Adds a class as if compiled against types of another package. */
    TestWar addRenamed(String directory, Class<?> type, String from, String to) throws IOException {
        add(directory, type);
        String name = directory + type.getName().replace('.', '/') + ".class";
        return add(name, RenamedClass.of(requireNonNull(entries.get(name)), from, to));
    }

    Path write(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                jar.write(entry.getValue());
                jar.closeEntry();
            }
        }
        return file;
    }

    /** Writes what is in it as files, over those that are there. */
    Path explode(Path directory) throws IOException {
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            Path file = directory.resolve(entry.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue());
        }
        return directory;
    }
}
