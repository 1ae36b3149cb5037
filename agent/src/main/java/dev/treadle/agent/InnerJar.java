package dev.treadle.agent;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The jar of the agent, open for as long as the JVM runs. Safe for any thread. */
final class InnerJar {
    private final ZipFile jar;
    private final URI location;
    private final ProtectionDomain domain;

    private InnerJar(ZipFile jar, URI location, ProtectionDomain domain) {
        this.jar = jar;
        this.location = location;
        this.domain = domain;
    }

    /**
     * Opens the jar that a class is from.
     *
     * @throws IOException if it is from none, or cannot be read
     */
    static InnerJar of(Class<?> type) throws IOException {
        ProtectionDomain domain = type.getProtectionDomain();
        CodeSource source = domain.getCodeSource();
        if (source == null || source.getLocation() == null) {
            throw new IOException(type + " is from no jar");
        }
        try {
            URI location = source.getLocation().toURI();
            return new InnerJar(new ZipFile(new File(location)), location, domain);
        } catch (URISyntaxException | RuntimeException noFile) {
            throw new IOException(source.getLocation() + " is no file", noFile);
        }
    }

    ProtectionDomain domain() {
        return domain;
    }

    boolean has(String name) {
        return jar.getEntry(name) != null;
    }

    /** Returns the content of an entry; null: there is none. */
    byte @Nullable [] read(String name) {
        ZipEntry entry = jar.getEntry(name);
        if (entry == null) {
            return null;
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(jar.getName() + ": " + name, broken);
        }
    }

    /** Returns the address of an entry; null: there is none. */
    @Nullable URL address(String name) {
        if (!has(name)) {
            return null;
        }
        try {
            return new URI("jar:" + location + "!/" + name).toURL();
        } catch (IOException | URISyntaxException impossible) {
            throw new IllegalStateException(name, impossible);
        }
    }
}
