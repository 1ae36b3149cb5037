package dev.treadle.launcher;

import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Looks for what no build makes: entries that lead out of the archive, and archives that fill a
 * disk. It goes by the directory of the archive, and unpacks nothing; the deployer for Undertow
 * counts the bytes besides. The limits are the same.
 */
final class WarArchive {
    private static final int MAX_ENTRIES = 100_000;
    private static final long MAX_BYTES = 4L << 30;

    /** Class files and pages shrink to a third or a tenth; only repetitions shrink to less. */
    private static final int MAX_RATIO = 100;

    /** Below this size any ratio is harmless. */
    private static final long ANY_RATIO_BYTES = 100L << 20;

    private WarArchive() {}

    /** Returns what would be expected in place of what is wrong; empty if nothing is. */
    static Optional<String> hostility(ZipFile zip) {
        if (zip.size() > MAX_ENTRIES) {
            return Optional.of("at most " + MAX_ENTRIES + " entries; this one has " + zip.size());
        }
        long bytes = 0;
        long packed = 0;
        for (ZipEntry entry : Collections.list(zip.entries())) {
            if (leadsOut(entry.getName())) {
                return Optional.of(
                        "names that lead to a place inside the archive; the entry "
                                + entry.getName()
                                + " may overwrite other files");
            }
            bytes += Math.max(0, entry.getSize());
            packed += Math.max(0, entry.getCompressedSize());
        }
        boolean repetitions = bytes > ANY_RATIO_BYTES && bytes > packed * MAX_RATIO;
        return bytes > MAX_BYTES || repetitions
                ? Optional.of(
                        String.format(
                                Locale.ROOT,
                                "at most %d MB when unpacked, and at most %d times its %d kB; this"
                                        + " one has %d MB: an archive like that is made to fill a"
                                        + " disk",
                                MAX_BYTES >> 20,
                                MAX_RATIO,
                                packed >> 10,
                                bytes >> 20))
                : Optional.empty();
    }

    /** A backslash separates on some systems. */
    private static boolean leadsOut(String name) {
        String path = name.replace('\\', '/');
        int depth = 0;
        for (String part : path.split("/")) {
            depth += part.equals("..") ? -1 : part.isEmpty() || part.equals(".") ? 0 : 1;
            if (depth < 0) {
                return true;
            }
        }
        return path.startsWith("/");
    }
}
