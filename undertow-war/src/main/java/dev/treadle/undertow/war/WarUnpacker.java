package dev.treadle.undertow.war;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Unpacks archives into one directory, and nothing outside of it. The limits hold for all archives
 * together, and for what comes out of them, whatever they declare.
 */
final class WarUnpacker {
    private static final int MAX_ENTRIES = 100_000;
    private static final long MAX_BYTES = 4L << 30;

    /** Class files and pages shrink to a third or a tenth; only repetitions shrink to less. */
    private static final int MAX_RATIO = 100;

    /** Below this size any ratio is harmless. */
    private static final long ANY_RATIO_BYTES = 100L << 20;

    private static final String RESOURCES = "META-INF/resources/";

    /** The classes of a WAR are those in it; a library cannot add to them as resources. */
    private static final List<String> NO_RESOURCES = List.of("WEB-INF/classes/", "WEB-INF/lib/");

    private final Path root;
    private long entries;
    private long bytes;

    /**
     * @param root an absolute directory that exists
     */
    WarUnpacker(Path root) {
        this.root = root.normalize();
    }

    /** Unpacks all of it. */
    void unpack(Path archive) throws IOException, InvalidWarException {
        unpack(archive, "");
    }

    /** Adds the pages and files that a library brings; those that are there already win. */
    void addResources(Path library) throws IOException, InvalidWarException {
        unpack(library, RESOURCES);
    }

    private void unpack(Path archive, String prefix) throws IOException, InvalidWarException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            List<? extends ZipEntry> all =
                    zip.stream().filter(entry -> isWanted(entry.getName(), prefix)).toList();
            Budget budget = new Budget(archive);
            // first all names and sizes: of an archive that is refused nothing is written
            for (ZipEntry entry : all) {
                target(archive, entry, prefix);
                budget.declare(entry);
            }
            for (ZipEntry entry : all) {
                write(zip, entry, target(archive, entry, prefix), budget);
            }
        } catch (ZipException corrupt) {
            throw new InvalidWarException(
                    archive.getFileName()
                            + " (expected: a whole archive): "
                            + corrupt.getMessage()
                            + "; build or copy it again",
                    corrupt);
        }
    }

    private static boolean isWanted(String name, String prefix) {
        return name.startsWith(prefix)
                && (prefix.isEmpty()
                        || NO_RESOURCES.stream()
                                .noneMatch(no -> name.startsWith(no, prefix.length())));
    }

    private Path target(Path archive, ZipEntry entry, String prefix) throws InvalidWarException {
        String name = entry.getName().substring(prefix.length());
        try {
            Path target = root.resolve(name).normalize();
            if (target.startsWith(root) && !name.startsWith("/") && !name.contains("\\")) {
                return target;
            }
        } catch (InvalidPathException noName) {
            throw outside(archive, entry);
        }
        throw outside(archive, entry);
    }

    private static InvalidWarException outside(Path archive, ZipEntry entry) {
        return new InvalidWarException(
                archive.getFileName()
                        + ": the entry "
                        + entry.getName()
                        + " (expected: a name that leads to a place inside the archive); it is not"
                        + " unpacked, for it may overwrite other files");
    }

    private static void write(ZipFile zip, ZipEntry entry, Path target, Budget budget)
            throws IOException, InvalidWarException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Path directory = target.getParent();
        if (Files.exists(target) || directory == null) {
            return;
        }
        Files.createDirectories(directory);
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(target)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                budget.spend(read);
                out.write(buffer, 0, read);
            }
        }
    }

    /** The budget of one archive, out of that of all. */
    private final class Budget {
        private final Path archive;
        private final long allowed;
        private long declared;

        Budget(Path archive) throws IOException {
            this.archive = archive;
            long byRatio = Math.max(ANY_RATIO_BYTES, MAX_RATIO * Files.size(archive));
            this.allowed = Math.min(MAX_BYTES, bytes + byRatio);
        }

        void declare(ZipEntry entry) throws InvalidWarException {
            declared += Math.max(0, entry.getSize());
            if (++entries > MAX_ENTRIES) {
                throw bomb("more than " + MAX_ENTRIES + " entries");
            }
            require(bytes + declared);
        }

        void spend(int more) throws InvalidWarException {
            bytes += more;
            require(bytes);
        }

        private void require(long unpacked) throws InvalidWarException {
            if (unpacked > allowed) {
                throw bomb(
                        String.format(Locale.ROOT, "more than %d MB when unpacked", allowed >> 20));
            }
        }

        private InvalidWarException bomb(String size) {
            return new InvalidWarException(
                    archive.getFileName()
                            + ": "
                            + size
                            + " (expected: at most "
                            + MAX_RATIO
                            + " times the size of the archive, at most "
                            + (MAX_BYTES >> 30)
                            + " GB and "
                            + MAX_ENTRIES
                            + " entries); an archive like that is made to fill a disk");
        }
    }
}
