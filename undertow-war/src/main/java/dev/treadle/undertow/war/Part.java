package dev.treadle.undertow.war;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A place of classes in a WAR.
 *
 * @param name its name in the WAR, for messages
 * @param path a directory or a jar
 */
record Part(String name, Path path) {
    private static final String CLASS = ".class";
    private static final String SERVICES = "META-INF/services/";

    /** More than any descriptor has; what is in a jar may grow a thousandfold. */
    private static final int MAX_BYTES = 16 << 20;

    /** Takes one file of a part. */
    interface Visitor {
        void visit(String file, InputStream in) throws IOException, InvalidWarException;
    }

    boolean isJar() {
        return !Files.isDirectory(path) && Files.exists(path);
    }

    URL url() throws MalformedURLException {
        return path.toUri().toURL();
    }

    /** Shows every class file, but for those of other versions of Java in a jar. */
    void forEachClass(Visitor visitor) throws IOException, InvalidWarException {
        if (isJar()) {
            try (ZipFile jar = open()) {
                for (ZipEntry entry :
                        jar.stream().filter(file -> isClass(file.getName())).toList()) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        visitor.visit(entry.getName(), in);
                    }
                }
            }
        } else if (Files.isDirectory(path)) {
            List<Path> files;
            try (Stream<Path> walk = Files.walk(path, new FileVisitOption[0])) {
                files =
                        walk.filter(file -> isClass(path.relativize(file).toString()))
                                .sorted()
                                .toList();
            }
            for (Path file : files) {
                try (InputStream in = Files.newInputStream(file)) {
                    visitor.visit(path.relativize(file).toString(), in);
                }
            }
        }
    }

    private static boolean isClass(String name) {
        return name.endsWith(CLASS)
                && !name.startsWith("META-INF/")
                && !name.endsWith("module-info.class");
    }

    /** Returns the bytes of a file, if it is there. */
    Optional<byte[]> read(String file) throws IOException, InvalidWarException {
        if (!isJar()) {
            Path found = path.resolve(file);
            if (!Files.isRegularFile(found)) {
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(found)) {
                return Optional.of(read(file, in));
            }
        }
        try (ZipFile jar = open()) {
            ZipEntry entry = jar.getEntry(file);
            if (entry == null) {
                return Optional.empty();
            }
            try (InputStream in = jar.getInputStream(entry)) {
                return Optional.of(read(file, in));
            }
        }
    }

    private byte[] read(String file, InputStream in) throws IOException, InvalidWarException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new InvalidWarException(
                    name + ": " + file + " (expected: at most " + (MAX_BYTES >> 20) + " MB)");
        }
        return bytes;
    }

    /** Returns the providers of a service that it names, in the format of ServiceLoader. */
    List<String> providers(String service) throws IOException, InvalidWarException {
        return read(SERVICES + service)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .stream()
                .flatMap(String::lines)
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .distinct()
                .toList();
    }

    private ZipFile open() throws IOException, InvalidWarException {
        try {
            return new ZipFile(path.toFile());
        } catch (ZipException corrupt) {
            throw new InvalidWarException(
                    name + " (expected: a jar): " + corrupt.getMessage() + "; build it again",
                    corrupt);
        }
    }
}
