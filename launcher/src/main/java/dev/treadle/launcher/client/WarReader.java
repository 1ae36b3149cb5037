package dev.treadle.launcher.client;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Reads a WAR file, a directory with what is in one, or an executable jar of Boot, and the jars in
 * it. Nothing is unpacked to disk. The bytes are counted as they are unpacked, so an archive that
 * is made to fill a memory or a disk ends the look.
 */
final class WarReader {
    /** What is in a WAR. */
    interface Contents {
        /**
         * Takes a file of the application.
         *
         * @param name below {@code WEB-INF/classes/}, or in the WAR if it is not below that
         */
        void file(String name, byte[] bytes);

        /** Takes a jar of the application; its files follow. */
        void jar(String name);

        /** Whether the bytes of this file of a jar are wanted. */
        boolean wants(String name);

        /**
         * Takes a file of the jar named last.
         *
         * @param bytes empty if they are not wanted
         */
        void fileOfJar(String name, byte[] bytes);
    }

    private static final int MOST_ENTRIES = 500_000;
    private static final long MOST_BYTES = 2L << 30;

    /** Only repetitions shrink to less; below this size any ratio is harmless. */
    private static final int MOST_RATIO = 100;

    private static final long ANY_RATIO_BYTES = 100L << 20;

    /** Class files and texts are smaller. A larger file is counted, and not kept. */
    private static final int LARGEST_FILE = 16 << 20;

    private static final int BUFFER = 1 << 16;
    private static final String[] CLASSES = {"WEB-INF/classes/", "BOOT-INF/classes/"};
    private static final String[] JARS = {"WEB-INF/lib/", "WEB-INF/lib-provided/", "BOOT-INF/lib/"};

    private final String war;
    private final Contents contents;
    private final byte[] buffer = new byte[BUFFER];
    private int entries;
    private long bytes;
    private long packed; // the bytes that these are unpacked from

    private WarReader(String war, Contents contents) {
        this.war = war;
        this.contents = contents;
    }

    /**
     * Reads all of it.
     *
     * @throws InvalidSettingException if there is no such file, or it is no WAR
     */
    static void read(String war, Contents contents) {
        WarReader reader = new WarReader(war, contents);
        Path file = Path.of(war);
        if (!Files.exists(file)) {
            throw reader.unlike("a file that exists; there is none of that name");
        }
        try {
            if (Files.isDirectory(file)) {
                reader.directory(file);
            } else {
                reader.archive(file);
            }
        } catch (ZipException corrupt) {
            throw reader.unlike(
                    "a WAR file; this one is no zip archive or is cut off ("
                            + corrupt.getMessage()
                            + "); build or copy it again");
        } catch (IOException unreadable) {
            throw reader.unlike("a WAR file that can be read; reading it failed: " + unreadable);
        }
    }

    private InvalidSettingException unlike(String expected) {
        return new InvalidSettingException("WAR", war, expected);
    }

    private void directory(Path directory) throws IOException {
        if (!Files.isDirectory(directory.resolve("WEB-INF"))) {
            throw unlike("a WAR file, or a directory that has WEB-INF in it; this one has none");
        }
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (attributes.isRegularFile()) {
                            packed += attributes.size();
                            String name = directory.relativize(file).toString();
                            try (InputStream in = Files.newInputStream(file)) {
                                entry(name.replace('\\', '/'), in);
                            }
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private void archive(Path file) throws IOException {
        packed = Files.size(file);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() == 0) {
                throw unlike("a WAR file with something in it; this archive has no entry");
            }
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (!entry.isDirectory()) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        entry(entry.getName(), in);
                    }
                }
            }
        }
    }

    private void entry(String name, InputStream in) throws IOException {
        count();
        if (name.endsWith(".jar") && isBelow(name, JARS)) {
            jar(name, in);
        } else {
            contents.file(stripped(name), bytes(in, true));
        }
    }

    private void jar(String name, InputStream in) throws IOException {
        contents.jar(name);
        try (ZipInputStream jar = new ZipInputStream(in)) {
            for (ZipEntry entry = next(jar); entry != null; entry = next(jar)) {
                count();
                contents.fileOfJar(entry.getName(), bytes(jar, contents.wants(entry.getName())));
            }
        } catch (ZipException corrupt) {
            throw unlike(
                    "a WAR file with jars that can be read; "
                            + name
                            + " cannot: "
                            + corrupt.getMessage());
        }
    }

    private static @Nullable ZipEntry next(ZipInputStream jar) throws IOException {
        try {
            return jar.getNextEntry();
        } catch (IllegalArgumentException malformed) {
            // a name that is no UTF-8, on JDK 21 and 22; later ones have a ZipException for it
            throw (ZipException) new ZipException("bad entry name").initCause(malformed);
        }
    }

    private static boolean isBelow(String name, String... directories) {
        for (String directory : directories) {
            if (name.startsWith(directory)) {
                return true;
            }
        }
        return false;
    }

    private static String stripped(String name) {
        for (String directory : CLASSES) {
            if (name.startsWith(directory)) {
                return name.substring(directory.length());
            }
        }
        return name;
    }

    private void count() {
        if (++entries > MOST_ENTRIES) {
            throw unlike("at most " + MOST_ENTRIES + " files in it and in its jars");
        }
    }

    private byte[] bytes(InputStream in, boolean wanted) throws IOException {
        byte[] kept = new byte[0];
        int length = 0;
        for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
            bytes += read;
            if (bytes > MOST_BYTES || (bytes > ANY_RATIO_BYTES && bytes > packed * MOST_RATIO)) {
                throw unlike(
                        String.format(
                                Locale.ROOT,
                                "at most %d MB, and at most %d times its size, when it and its jars are"
                                        + " unpacked; a larger one is made to fill a memory",
                                MOST_BYTES >> 20,
                                MOST_RATIO));
            }
            if (wanted && length + read <= LARGEST_FILE) {
                kept = Arrays.copyOf(kept, length + read);
                System.arraycopy(buffer, 0, kept, length, read);
                length += read;
            } else {
                wanted = false;
                kept = new byte[0];
            }
        }
        return kept;
    }
}
