package dev.treadle.undertow.war;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packs a WAR, or a jar for one. */
final class WarMaker {
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    /** Adds {@code WEB-INF/web.xml}, of which this is the inside. */
    WarMaker webXml(String inside) {
        return add("WEB-INF/web.xml", descriptor("web-app", inside));
    }

    /** Adds a library that has nothing but a fragment, of which this is the inside. */
    WarMaker fragment(String jar, String inside) {
        return library(
                jar,
                new WarMaker()
                        .add("META-INF/web-fragment.xml", descriptor("web-fragment", inside)));
    }

    private static String descriptor(String element, String inside) {
        return "<%1$s xmlns='https://jakarta.ee/xml/ns/jakartaee' version='6.0'>%2$s</%1$s>"
                .formatted(element, inside);
    }

    WarMaker library(String jar, WarMaker content) {
        return add("WEB-INF/lib/" + jar, content.bytes());
    }

    WarMaker add(String name, String text) {
        return add(name, text.getBytes(StandardCharsets.UTF_8));
    }

    WarMaker add(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    /** Adds classes of the test suite to {@code WEB-INF/classes}. */
    WarMaker classes(Class<?>... types) {
        for (Class<?> type : types) {
            add("WEB-INF/classes/" + file(type), bytes(type));
        }
        return this;
    }

    static String file(Class<?> type) {
        return type.getName().replace('.', '/') + ".class";
    }

    static byte[] bytes(Class<?> type) {
        try (InputStream in = type.getClassLoader().getResourceAsStream(file(type))) {
            if (in == null) {
                throw new IllegalArgumentException(type + ": no class file");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }

    private byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** A content that shrinks to a thousandth. */
    static Path writeBomb(Path file, int megabytes) throws IOException {
        byte[] megabyte = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("zeros.html"));
            for (int i = 0; i < megabytes; i++) {
                zip.write(megabyte);
            }
            zip.closeEntry();
        }
        return file;
    }
}
