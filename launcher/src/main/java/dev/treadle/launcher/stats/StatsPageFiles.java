package dev.treadle.launcher.stats;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The page for people: three files of this jar, which load nothing from elsewhere. */
final class StatsPageFiles {
    /** No script, style or data but the server's own, and in no frame of another site. */
    private static final String POLICY =
            "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"
                    + " img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private final Map<String, ProbeAnswer> files =
            Map.of(
                    "/-/", file("page.html", "text/html; charset=utf-8"),
                    "/-/page.css", file("page.css", "text/css; charset=utf-8"),
                    "/-/page.js", file("page.js", "text/javascript; charset=utf-8"));

    /** Whether the path is that of a file. */
    boolean has(String path) {
        return files.containsKey(path);
    }

    /** Returns the file of this path, which must be there. */
    ProbeAnswer answer(String path) {
        ProbeAnswer file = files.get(path);
        if (file == null) {
            throw new IllegalArgumentException("no file: " + path);
        }
        return file;
    }

    private static ProbeAnswer file(String name, String type) {
        try (InputStream in = StatsPageFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        name + ": not in this jar (expected: beside the classes)");
            }
            return ProbeAnswer.ok(type, new String(in.readAllBytes(), UTF_8))
                    .with(POLICY)
                    .with("Referrer-Policy: no-referrer");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
