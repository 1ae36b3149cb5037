package dev.treadle.it.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * The executable jar of the Boot application without Treadle: as it would be if the starter had
 * never been there, and without {@code Add-Opens} in its manifest.
 */
final class PlainJar {
    private static final String TREADLES = "BOOT-INF/lib/(treadle|jctools)-.*\\.jar";

    private PlainJar() {}

    /** Writes it, and returns how many libraries were left out. */
    static int write(Path executable, Path plain) throws IOException {
        int left = 0;
        try (JarFile from = new JarFile(executable.toFile())) {
            Manifest manifest = from.getManifest();
            manifest.getMainAttributes().remove(new Attributes.Name("Add-Opens"));
            try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(plain), manifest)) {
                for (JarEntry entry : Collections.list(from.entries())) {
                    if (entry.getName().matches(TREADLES)) {
                        left++;
                    } else if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        copy(from, entry, to);
                    }
                }
            }
        }
        return left;
    }

    /** The loader of Boot reads nested jars in place, so they stay without compression. */
    private static void copy(JarFile from, JarEntry entry, JarOutputStream to) throws IOException {
        JarEntry copy = new JarEntry(entry.getName());
        if (entry.getMethod() == JarEntry.STORED) {
            copy.setMethod(JarEntry.STORED);
            copy.setSize(entry.getSize());
            copy.setCrc(entry.getCrc());
        }
        to.putNextEntry(copy);
        try (InputStream in = from.getInputStream(entry)) {
            in.transferTo(to);
        }
        to.closeEntry();
    }
}
