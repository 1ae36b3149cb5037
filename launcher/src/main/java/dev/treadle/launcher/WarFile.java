package dev.treadle.launcher;

import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.ExternalEntities;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Checks what {@code --war} and {@code --context} name before any container is started. The form
 * with a context path begins with a slash and has an equals sign: {@code /shop=shop.war}.
 */
final class WarFile {
    private static final Pattern CONTEXT_PATH =
            Pattern.compile("/|(/[A-Za-z0-9._~!$&'()*+,=:@-]+)+");

    /** Tomcat's own name for the root, so it cannot be a path there. */
    private static final String ROOT = "/ROOT";

    private static final String DESCRIPTOR = "WEB-INF/web.xml";

    private WarFile() {}

    /**
     * Checks the files and the paths.
     *
     * @param wars the values of {@code --war}
     * @param context the value of {@code --context}; null: not given
     * @throws InvalidSettingException if there is no such WAR, it is not one, or the path cannot be
     *     a context path, or is that of two
     */
    static Content.Wars check(List<String> wars, @Nullable String context) {
        if (wars.isEmpty()) {
            throw new InvalidSettingException(
                    "--war",
                    "missing",
                    "the WAR file to serve, as in: treadle --http :3000 --war app.war; see --help");
        }
        if (context != null && (wars.size() > 1 || hasPath(wars.get(0)))) {
            throw new InvalidSettingException(
                    "--context",
                    context,
                    "one application without a path of its own; give each its path with --war, as in"
                            + " --war /shop=shop.war");
        }
        String path = context == null ? "/" : contextPath("--context", context);
        List<Content.War> checked = wars.stream().map(war -> war(war, path)).toList();
        requireDifferentPaths(checked);
        return new Content.Wars(checked);
    }

    private static boolean hasPath(String war) {
        return war.startsWith("/") && war.contains("=");
    }

    private static Content.War war(String text, String defaultPath) {
        if (!hasPath(text)) {
            return new Content.War(existing(text), defaultPath);
        }
        int equals = text.indexOf('=');
        String path = contextPath("--war", text.substring(0, equals));
        String file = text.substring(equals + 1);
        if (file.isBlank()) {
            throw unlike(text, "/PATH=FILE, with a WAR file or a directory after the equals sign");
        }
        return new Content.War(existing(file), path);
    }

    private static String contextPath(String option, String path) {
        if (!CONTEXT_PATH.matcher(path).matches() || path.contains("/..") || path.equals(ROOT)) {
            throw new InvalidSettingException(
                    option,
                    path,
                    "/ or a path that begins with a slash and ends without one, such as /shop, and is"
                            + " not /ROOT");
        }
        return path;
    }

    private static void requireDifferentPaths(List<Content.War> wars) {
        Map<String, Content.War> byPath = new HashMap<>();
        for (Content.War war : wars) {
            Content.War other = byPath.put(war.contextPath(), war);
            if (other != null) {
                throw unlike(
                        war.file().toString(),
                        "a context path of its own; "
                                + war.contextPath()
                                + " is that of "
                                + other.file()
                                + " already; give it another, as in --war /shop="
                                + war.file().getFileName());
            }
        }
    }

    /**
     * Checks a file once more, which may have changed since.
     *
     * @throws InvalidSettingException if it is not there any more, or is no WAR
     */
    static void requireUsable(Path war) {
        existing(war.toString());
    }

    private static Path existing(String war) {
        Path file = path(war);
        if (!Files.exists(file)) {
            throw unlike(war, "a file that exists; there is none of that name");
        }
        if (!Files.isReadable(file)) {
            throw unlike(war, "a file that this user may read");
        }
        return Files.isDirectory(file) ? exploded(war, file) : zip(war, file);
    }

    /** An application needs no WEB-INF, but a directory without one is most likely another one. */
    private static Path exploded(String war, Path directory) {
        if (!Files.isDirectory(directory.resolve("WEB-INF"))) {
            throw unlike(
                    war, "a WAR file, or a directory that has WEB-INF in it; this one has none");
        }
        Path descriptor = directory.resolve(DESCRIPTOR);
        if (Files.isRegularFile(descriptor)) {
            try (InputStream text = Files.newInputStream(descriptor)) {
                requireNoExternalEntities(war, text);
            } catch (IOException unreadable) {
                throw unlike(war, DESCRIPTOR + " can be read; reading it failed: " + unreadable);
            }
        }
        return directory;
    }

    private static void requireNoExternalEntities(String war, InputStream descriptor)
            throws IOException {
        ExternalEntities.in(descriptor)
                .ifPresent(found -> {
                    throw unlike(
                            war,
                            "a "
                                    + DESCRIPTOR
                                    + " without external entities; it declares "
                                    + found
                                    + "; write the text itself in its place");
                });
    }

    private static Path path(String war) {
        try {
            return Path.of(war).toAbsolutePath().normalize();
        } catch (InvalidPathException noPath) {
            throw unlike(war, "the path of a WAR file");
        }
    }

    private static Path zip(String war, Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() == 0) {
                throw unlike(war, "a WAR file with something in it; this archive has no entry");
            }
            WarArchive.hostility(zip)
                    .ifPresent(found -> {
                        throw unlike(war, found);
                    });
            ZipEntry descriptor = zip.getEntry(DESCRIPTOR);
            if (descriptor != null) {
                try (InputStream text = zip.getInputStream(descriptor)) {
                    requireNoExternalEntities(war, text);
                }
            }
            return file;
        } catch (ZipException corrupt) {
            throw unlike(
                    war,
                    "a WAR file; this one is no zip archive or is cut off ("
                            + corrupt.getMessage()
                            + "); build or copy it again");
        } catch (IOException unreadable) {
            throw unlike(
                    war,
                    "a WAR file that can be read; reading it failed ("
                            + unreadable.getMessage()
                            + ")");
        }
    }

    private static InvalidSettingException unlike(String war, String expected) {
        return new InvalidSettingException("--war", war, expected);
    }
}
